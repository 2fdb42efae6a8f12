/// The credentials of one account at one platform of the sandbox, and what it has to spend.
public struct SandboxAccount: Sendable, Equatable {
  /// How juhe's password comes (gateways.md, "Juhe": later resellers want MD5 forms).
  public enum PasswordMode: String, Sendable, CaseIterable { case plain, md5 }

  /// juhe and 18sms `account`, emay `app_id`, mobset `login_name`, youe `uid`.
  public var login: String
  /// `password`; emay `secret_key`.
  public var password: String
  /// mobset only.
  public var corpID = ""
  /// juhe: the access number that every call must name. 18sms: empty takes any number.
  public var extno = ""
  /// 18sms: the product that a balance is told for; a call may name it or none.
  public var product = ""
  public var passwordMode = PasswordMode.plain
  /// juhe: in li (1/1000 yuan); the others: in segments. emay tells none.
  public var balance: Int
  /// Whether the balance may fall below nothing (juhe's `POSTCHARGE`).
  public var postpaid = false

  public init(login: String, password: String, balance: Int) {
    self.login = login
    self.password = password
    self.balance = balance
  }

  /// The account that every sandbox has unless its faults file names others: what `qunfa init` writes into
  /// `qunfa.toml`.
  public static func demo(_ gateway: SandboxGateway) -> SandboxAccount {
    switch gateway {
    case .juhe:
      var account = SandboxAccount(login: "922011", password: "sandbox-juhe", balance: 10_000_000_000)
      account.extno = "1069012345"
      return account
    case .emay:
      return SandboxAccount(login: "EUCP-EMY-SMS0-DEMO1", password: "sandbox-emay", balance: 100_000_000)
    case .mobset:
      var account = SandboxAccount(login: "demo", password: "sandbox-mobset", balance: 100_000_000)
      account.corpID = "300003"
      return account
    case .youe:
      return SandboxAccount(login: "demo", password: "sandbox-youe", balance: 100_000_000)
    case .eighteen:
      var account = SandboxAccount(login: "demo", password: "sandbox-18sms", balance: 100_000_000)
      account.product = "1234567"
      return account
    }
  }
}
