import Configuration
import Gateways
import Messaging
import Platform

/// Two protocols with the settings of juhe and mobset, and none of their work.
let fakes = GatewayRegistry([FakeJuhe.self, FakeMobset.self, FakeEmay.self])

struct FakeJuhe: Gateway {
  static let name = "juhe"
  static let settings = [
    GatewaySetting("account", .text, "The account."), GatewaySetting("password", .secret, "Its password."),
    GatewaySetting("extno", .text, "The sender's number."),
    GatewaySetting("p2p_separator", .text, standard: "#", "Between number and text."),
    GatewaySetting("p2p_trailing", .boolean, standard: "true", "A newline after the last entry."),
    GatewaySetting("password_mode", .choice(["plain", "md5"]), standard: "plain", "How the password is sent."),
  ]
  static let abilities = GatewayAbilities(
    pointToPoint: .p2p, sameContent: .send, mostPerCall: 500, usualPerCall: 200, mainlandOnly: true)
  static let codes: [CodeMeaning] = []
  let secret: Secret
  let url: String

  init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    guard let url else { throw GatewaySettingError(key: "url", found: "", expected: "scheme://host:port") }
    guard values.text("extno") != "abc" else {
      throw GatewaySettingError(key: "extno", found: "abc", expected: "digits")
    }
    guard values.secret("password").reveal() != "short" else {
      throw GatewaySettingError(key: "password", found: "short", expected: "at least 6 characters")
    }
    self.url = url
    secret = values.secret("password")
  }
}

struct FakeMobset: Gateway {
  static let name = "mobset"
  static let settings = [
    GatewaySetting("corp_id", .text, "The company."), GatewaySetting("password", .secret, "Its password."),
    GatewaySetting("timestamp_digits", .integer(10...14), standard: "14", "Digits of the time."),
    GatewaySetting("push_password", .secret, standard: "", "For pushes."),
  ]
  static let abilities = GatewayAbilities(
    pointToPoint: nil, sameContent: .send, mostPerCall: 50, usualPerCall: 50, mainlandOnly: true, usualTimeout: 60)
  static let codes: [CodeMeaning] = []
  init(url: String?, values: GatewayValues) throws(GatewaySettingError) {}
}

struct FakeEmay: Gateway {
  static let name = "emay"
  static let settings = [
    GatewaySetting("app_id", .text, "The account."), GatewaySetting("secret_key", .secret, "Its key."),
  ]
  static let abilities = GatewayAbilities(
    pointToPoint: .personality, sameContent: .batch, mostPerCall: 300, usualPerCall: 300, international: true)
  static let codes: [CodeMeaning] = []
  init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    guard values.secret("secret_key").reveal().count == 16 else {
      throw GatewaySettingError(key: "secret_key", found: "?", expected: "16 characters")
    }
  }
}

extension Gateway {
  func request(for submission: Submission) -> GatewayRequest { GatewayRequest(url: "") }
  func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome { CallOutcome(.refused) }
  func balanceRequest(at time: Timestamp) -> GatewayRequest? { nil }
  func balance(in answer: GatewayAnswer) -> BalanceOutcome { .unreadable("") }
}
