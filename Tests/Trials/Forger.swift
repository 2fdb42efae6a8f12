import Glibc
import Platform
import TestSupport

/// Makes pushes that are not what they seem, out of what the gateways really said. The same number gives the same one.
struct Forger {
  static let receiver = "trial-receiver"
  static let password = "trial-push-password"
  private static let proof = "receiver=\(receiver)&pswd=\(password)"
  /// Behind an account's name, the name of another account of the same protocol.
  static let twin = "-b"
  /// Stands in every push that needs not look like a true one.
  static let mark = "FORGED7351"

  /// A message that was sent.
  struct Message {
    var id: String
    var number: String
  }

  /// What is tried, and how often among 40.
  enum Attempt: String, CaseIterable {
    case wrongSecret = "wrong secret"
    case wrongAccount = "wrong account name"
    case strangePath = "strange path"
    case wrongMethod = "wrong method"
    case wrongSender = "wrong receiver, password or login"
    case guess = "right secret, guessed id or number"
    case replay = "replay of a true push"
    case replayChanged = "replay with a field more"
    case garbage = "right secret, garbage"
    case otherProtocol = "true push at the address of another protocol's account"
    case otherAccount = "true id and number at another account of its protocol"

    var share: Int {
      switch self {
      case .wrongSecret: 10
      case .wrongAccount, .strangePath: 4
      case .wrongMethod, .garbage, .replayChanged, .otherProtocol, .otherAccount: 2
      case .wrongSender, .guess, .replay: 4
      }
    }

    /// In the order in which they follow one another.
    static let wheel = allCases.flatMap { Array(repeating: $0, count: $0.share) }
  }

  private let secret: String
  private let accounts = ["juhe", "youe", "18sms"]
  private let messages: [String: [Message]]
  private let known: [String: Set<String>]
  private let pushes: [SpooledPushes.Push]

  init(_ messages: [String: [Message]], _ pushes: [SpooledPushes.Push], secret: String) {
    self.messages = messages
    self.pushes = pushes
    self.secret = secret
    known = messages.mapValues { Set($0.map(\.id)) }
  }

  func attempt(_ number: Int) -> Attempt { Attempt.wheel[number * 7 % Attempt.wheel.count] }

  func request(_ number: Int) -> FloodRequest {
    let account = accounts[number % 3]
    let attempt = attempt(number)
    let bytes: [UInt8]
    switch attempt {
    case .wrongSecret:
      // Of the same length, wrong at one place each time.
      var wrong = Array(secret.utf8)
      wrong[number % wrong.count] ^= 1
      bytes = truth(number, to: "/push/\(account)/\(String(decoding: wrong, as: UTF8.self))")
    case .wrongAccount: bytes = truth(number, to: "/push/\(Self.mark)\(number)/\(secret)")
    case .strangePath:
      let paths = [
        "/push/../\(account)/\(secret)", "/push/\(account)/\(secret)/", "//push/%00/\(secret)", "/", "/push",
      ]
      bytes = truth(number, to: paths[number % paths.count])
    case .wrongMethod:
      bytes = Self.http(["PUT", "DELETE", "PATCH"][number % 3], path(account), body: Array(Self.mark.utf8))
    case .wrongSender: bytes = stranger(number, account)
    case .guess: bytes = guess(number, account)
    case .replay: bytes = truth(number, to: nil)
    case .replayChanged: bytes = truth(number, to: nil, more: "x=\(number)")
    case .otherProtocol: bytes = misdirected(number)
    case .otherAccount:
      let message = message(number, account)
      bytes = report(account, at: account + Self.twin, id: message.id, phone: message.number, "UNDELIV\(number)")
    case .garbage:
      var random = SeededGenerator(seed: UInt64(number))
      let noise = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
      bytes = Self.http(
        "POST", path(account) + (account == "18sms" ? "?" + Self.proof : ""), "application/octet-stream",
        body: Array("\(Self.mark)=".utf8) + noise)
    }
    return FloodRequest(kind: attempt.rawValue, bytes: bytes, expected: expected(attempt))
  }

  private func expected(_ attempt: Attempt) -> Int {
    switch attempt {
    case .wrongSecret, .wrongAccount, .strangePath: 404
    case .wrongMethod: 405
    case .wrongSender: 403
    case .guess, .replay, .replayChanged, .garbage, .otherProtocol, .otherAccount: 200
    }
  }

  private func path(_ account: String) -> String { "/push/\(account)/\(secret)" }

  /// A push that a gateway made, to its own address or another one.
  func truth(_ number: Int, to path: String?, more: String = "") -> [UInt8] {
    let push = pushes[number % pushes.count]
    var query = push.query.replacing("pswd=***", with: "pswd=\(Self.password)")
    var body = push.body
    if !more.isEmpty {
      // A field more at a place where the gateway's form has room for it.
      if push.account == "youe" { body += Array(("&" + more).utf8) } else { query += (query.isEmpty ? "" : "&") + more }
    }
    return Self.http(
      push.method, (path ?? self.path(push.account)) + (query.isEmpty ? "" : "?" + query), push.contentType, body: body)
  }

  /// The right address, but not proved to be the gateway's. Juhe's pushes prove nothing.
  private func stranger(_ number: Int, _ account: String) -> [UInt8] {
    let message = message(number, "18sms")
    if account == "youe" {
      let form = "Class=rpt&SmsName=\(Self.mark)&Mobile=\(message.number)&LinkId=\(message.id)&Report=UNDELIV"
      return Self.http("POST", path("youe"), "application/x-www-form-urlencoded", body: Array(form.utf8))
    }
    let proofs = [
      "receiver=\(Self.mark)&pswd=\(Self.password)", "receiver=\(Self.receiver)&pswd=\(Self.mark)",
      "receiver=\(Self.receiver)", "pswd=\(Self.password)",
    ]
    return Self.http(
      "GET",
      path("18sms") + "?\(proofs[number % 4])&msgid=\(message.id)&mobile=\(message.number)&status=UNDELIV")
  }

  private func message(_ number: Int, _ account: String) -> Message {
    messages[account]![number % messages[account]!.count]
  }

  /// A true number under an id that is not one, or a true id with a number that got nothing: each only once.
  private func guess(_ number: Int, _ account: String) -> [UInt8] {
    var (id, phone) = (message(number, account).id, message(number, account).number)
    let guessed = Self.altered(id, number)
    // In the store a number is digits: 131… were never written to.
    if number % 2 == 0, known[account]?.contains(guessed) == false {
      id = guessed
    } else {
      phone = "131\(Self.eight(number))"
    }
    return report(account, at: account, id: id, phone: phone, "UNDELIV")
  }

  /// A report in a protocol's own form, with the proof of its sender.
  private func report(
    _ protocolName: String, at account: String, id: String, phone: String, _ code: String
  ) -> [UInt8] {
    switch protocolName {
    case "juhe":
      let json = #"[{"flag":"1","mid":"\#(id)","mobile":"\#(phone)","stat":"\#(code)","time":"2026-11-11 10:00:00"}]"#
      return Self.http("POST", path(account), "application/json;charset=UTF-8", body: Array(json.utf8))
    case "youe":
      let form = "Class=rpt&SmsName=demo&Mobile=\(phone)&LinkId=\(id)&Report=\(code)"
      return Self.http("POST", path(account), "application/x-www-form-urlencoded", body: Array(form.utf8))
    default:
      let query = "\(Self.proof)&msgid=\(id)&reportTime=2611111000&mobile=\(phone)&status=\(code)"
      return Self.http("GET", path(account) + "?" + query)
    }
  }

  /// A push that a gateway made, at the address of an account of another protocol, with what proves its sender there.
  private func misdirected(_ number: Int) -> [UInt8] {
    let push = pushes[number % pushes.count]
    let others = accounts.filter { $0 != push.account }
    let target = others[number / pushes.count % others.count]
    var query = push.query.replacing("pswd=***", with: "pswd=\(Self.password)")
    if target == "18sms" { query += (query.isEmpty ? "" : "&") + Self.proof }
    return Self.http(
      push.method, path(target) + (query.isEmpty ? "" : "?" + query), push.contentType, body: push.body)
  }

  /// The id with its last eight characters exchanged for others of the same kind.
  private static func altered(_ id: String, _ number: Int) -> String {
    let isDecimal = id.allSatisfy(\.isNumber)
    let letters = Array("ABCDEF0123")
    let end = eight(number).map { isDecimal ? $0 : letters[$0.wholeNumberValue ?? 0] }
    return String(id.dropLast(8)) + String(end)
  }

  private static func eight(_ number: Int) -> String { String(String(100_000_000 + number % 100_000_000).dropFirst()) }

  static func http(_ method: String, _ target: String, _ contentType: String = "", body: [UInt8] = []) -> [UInt8] {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if !contentType.isEmpty { head += "Content-Type: \(contentType)\r\n" }
    if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + body
  }
}
