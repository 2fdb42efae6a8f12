import Configuration
import Gateways
import Platform
import Testing

@testable import Delivery

/// Which accounts of qunfa.toml are one login at a vendor: its reports go to whoever asks first.
@Suite struct SharedLoginsTests {
  /// An account, `NAME PROTOCOL key=value …`.
  private static func toml(_ words: String) -> String {
    let parts = words.split(separator: " ")
    let secret = parts[1] == "emay" ? "secret_key = \"1234567890123456\"" : "password = \"p-\(parts[0])\""
    let keys = parts.dropFirst(2).map { part in
      let pair = part.split(separator: "=", maxSplits: 1)
      return "\(pair[0]) = \"\(pair[1])\"\n"
    }
    return "[gateways.\(parts[0])]\nprotocol = \"\(parts[1])\"\n\(secret)\n" + keys.joined()
  }

  static let juhe = "url=http://127.0.0.1:1 account=9 extno=1"
  static let cases: [(name: String, accounts: [String], shared: [String: String])] = [
    ("one account", ["a juhe \(juhe)"], [:]),
    ("the same login", ["a juhe \(juhe)", "b juhe \(juhe)"], ["b": "a"]),
    ("the first of the file has the name", ["z juhe \(juhe)", "b juhe \(juhe)"], ["b": "z"]),
    ("three", ["a juhe \(juhe)", "b juhe \(juhe)", "c juhe \(juhe)"], ["b": "a", "c": "a"]),
    ("another access number", ["a juhe \(juhe)", "b juhe url=http://127.0.0.1:1 account=9 extno=2"], ["b": "a"]),
    ("a slash at the end", ["a juhe \(juhe)", "b juhe url=http://127.0.0.1:1/ account=9 extno=1"], ["b": "a"]),
    (
      "a host in capitals", ["a juhe url=http://SMS.x account=9 extno=1", "b juhe url=http://sms.x account=9 extno=1"],
      ["b": "a"]
    ),
    ("another login", ["a juhe \(juhe)", "b juhe url=http://127.0.0.1:1 account=8 extno=1"], [:]),
    ("another address", ["a juhe \(juhe)", "b juhe url=http://127.0.0.1:2 account=9 extno=1"], [:]),
    ("another protocol", ["a juhe \(juhe)", "b 18sms url=http://127.0.0.1:1 account=9"], [:]),
    ("mobset", ["a mobset corp_id=300003 login_name=x", "b mobset corp_id=300003 login_name=x"], ["b": "a"]),
    ("mobset, another user", ["a mobset corp_id=300003 login_name=x", "b mobset corp_id=300003 login_name=y"], [:]),
    ("emay", ["a emay url=http://127.0.0.1:1 app_id=i", "b emay url=http://127.0.0.1:1 app_id=i"], ["b": "a"]),
    ("youe", ["a youe uid=u", "b youe uid=u", "c youe uid=v"], ["b": "a"]),
    ("18sms, another product", ["a 18sms account=u product=1", "b 18sms account=u product=2"], ["b": "a"]),
  ]

  @Test(arguments: cases)
  func `accounts with one login are told`(_ row: (name: String, accounts: [String], shared: [String: String])) throws {
    let configuration = try Configuration.parse(
      row.accounts.map(Self.toml).joined(), registry: GatewayRegistry(allGateways))
    #expect(JoinSettings(configuration, now: Timestamp(seconds: 0)).logins == row.shared, "\(row.name)")
    for account in configuration.accounts {
      let others = configuration.accounts.map(\.name).filter {
        (row.shared[$0] ?? $0) == (row.shared[account.name] ?? account.name)
      }
      #expect(Set(configuration.accounts(sharing: account.name)) == Set(others), "\(row.name)")
    }
    #expect(configuration.accounts(sharing: "gone") == ["gone"])
  }
}
