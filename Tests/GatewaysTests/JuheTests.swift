import Gateways
import Messaging
import Platform
import Testing

/// An account at Juhe with the usual settings, some of them changed.
func juhe(_ changes: [String: String] = [:]) throws -> Juhe {
  var values = [
    "account": "922011", "extno": "1069012345", "p2p_separator": "#", "p2p_newline": "\r", "p2p_trailing": "true",
    "balance_action": "overage", "password_mode": "plain",
  ]
  values.merge(changes) { _, new in new }
  return try Juhe(
    url: "http://127.0.0.1:7862", values: GatewayValues(values, secrets: ["password": Secret("pa&ss")]))
}

/// A call whose recipients are `numbers`, each with its text (or the last one).
func call(_ endpoint: Endpoint, _ numbers: [UInt64], _ texts: [String] = ["hi"]) -> Submission {
  let recipients = numbers.indices.map { index in
    Submission.Recipient(
      number: numbers[index], customID: "", text: Array(texts[min(index, texts.count - 1)].utf8))
  }
  return Submission(endpoint: endpoint, recipients: recipients, linkID: "0", time: Timestamp(seconds: 0))
}

@Suite struct `Juhe requests` {
  static let access = "account=922011&password=pa%26ss&extno=1069012345&rt=json"
  static let first: UInt64 = 86_13800000001
  static let second: UInt64 = 86_13800000002

  static let requests: [(Submission, [String: String], String)] = [
    (call(.send, [first], ["a b+c"]), [:], "action=send&\(access)&mobile=13800000001&content=a%20b%2Bc"),
    (
      call(.send, [first, second], ["第1行\n2"]), [:],
      "action=send&\(access)&mobile=13800000001%2C13800000002&content=%E7%AC%AC1%E8%A1%8C%0A2"
    ),
    (
      call(.p2p, [first, second], ["下1", "a#b"]), [:],
      "action=p2p&\(access)&mobileContentList=13800000001%23%E4%B8%8B1%0D13800000002%23a%23b%0D"
    ),
    (
      call(.p2p, [first, second], ["x", "y"]),
      ["p2p_separator": "\t", "p2p_newline": "\n", "p2p_trailing": "false", "extno": ""],
      "action=p2p&account=922011&password=pa%26ss&rt=json&mobileContentList=13800000001%09x%0A13800000002%09y"
    ),
    (call(.send, [61_422_118_000]), [:], "action=send&\(access)&mobile=0061422118000&content=hi"),
    // printf 'pa&ss1069012345hi13800000001' | md5sum
    (
      call(.send, [first]), ["password_mode": "md5"],
      "action=send&account=922011&password=e1b2b886c6a1144ec3d006b4851faf0b"
        + "&extno=1069012345&rt=json&mobile=13800000001&content=hi"
    ),
    // printf 'pa&ss106901234513800000001#hi\r' | md5sum
    (
      call(.p2p, [first]), ["password_mode": "md5"],
      "action=p2p&account=922011&password=d431209019962532aa9ef62851cf061f"
        + "&extno=1069012345&rt=json&mobileContentList=13800000001%23hi%0D"
    ),
  ]

  @Test(arguments: requests)
  func `are form posts to one address`(_ submission: Submission, _ changes: [String: String], _ body: String) throws {
    let request = try juhe(changes).request(for: submission)
    #expect(request.method == .post)
    #expect(request.url == "http://127.0.0.1:7862/sms")
    #expect(request.contentType == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(request.body.text == body)
  }

  @Test func `escape every byte that is not unreserved`() throws {
    let all = (UInt8(1)...255).filter { $0 != 0x0A && $0 != 0x0D }
    let recipient = Submission.Recipient(number: Self.first, customID: "", text: all)
    let submission = Submission(endpoint: .send, recipients: [recipient], linkID: "", time: Timestamp(seconds: 0))
    let body = try juhe().request(for: submission).body.text
    let content = body.components(after: "content=")
    #expect(unescaped(content) == all)
    #expect(content.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "+") })
  }

  @Test func `ask for the balance by the action that the account knows`() throws {
    let plain = try juhe().balanceRequest(at: Timestamp(seconds: 0))
    #expect(plain?.body.text == "action=overage&account=922011&password=pa%26ss&rt=json")
    let other = try juhe(["balance_action": "balance", "password_mode": "md5"]).balanceRequest(
      at: Timestamp(seconds: 0))
    // printf 'pa&ss' | md5sum
    #expect(other?.body.text == "action=balance&account=922011&password=91140c6ea37529f02b2d8a9925722222&rt=json")
  }

  @Test(arguments: ["", "1", "\r", "a\nb", "123456789"])
  func `refuse a separator that could not be found again`(_ separator: String) {
    #expect(throws: GatewaySettingError.self) { try juhe(["p2p_separator": separator]) }
  }

  // `request` ends the program should such a text come all the same. No exit test says so: Swift Testing's watcher of
  // children and the end-to-end tests' children get in each other's way and the run never ends.
  @Test func `takes no line breaks in a point-to-point call`() { #expect(!Juhe.abilities.pointToPointTakesLineBreaks) }

  @Test func `need an address`() {
    #expect(throws: GatewaySettingError.self) { try Juhe(url: nil, values: GatewayValues([:], secrets: [:])) }
  }

  @Test func `have settings whose standards make a gateway`() throws {
    let standards = Juhe.settings.compactMap { setting in setting.standard.map { (setting.key, $0) } }
    let values = GatewayValues(
      Dictionary(standards + [("account", "a")]) { first, _ in first }, secrets: ["password": Secret("b")])
    let gateway = try Juhe(url: "http://h", values: values)
    let body = gateway.request(for: call(.p2p, [Self.first])).body.text
    #expect(body == "action=p2p&account=a&password=b&rt=json&mobileContentList=13800000001%23hi%0D")
    #expect(Juhe.settings.filter { $0.standard == nil }.map(\.key) == ["account", "password"])
  }
}

extension String {
  /// What stands behind the first occurrence of `mark`.
  func components(after mark: String) -> String {
    let bytes = Array(utf8)
    let wanted = Array(mark.utf8)
    for start in 0...(bytes.count - wanted.count) where Array(bytes[start..<start + wanted.count]) == wanted {
      return Array(bytes[(start + wanted.count)...]).text
    }
    return ""
  }
}

/// The bytes that percent-encoded text stands for.
func unescaped(_ text: String) -> [UInt8] {
  var result: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "%") {
      result.append(UInt8(Array(rest.prefix(2)).text, radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    } else {
      result.append(byte)
    }
  }
  return result
}
