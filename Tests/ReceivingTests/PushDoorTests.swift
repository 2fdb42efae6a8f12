import Configuration
import Gateways
import HTTP
import Ledger
import Messaging
import Platform
import TestSupport
import Testing

@testable import Receiving

@Suite struct PushDoorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func door(sources: [String] = []) throws -> PushDoor {
    let values = [
      "account": "demo", "product": "", "extno": "", "push_receiver": "admin", "double_encode": "false",
    ]
    let gateway = try Eighteen(
      url: "http://127.0.0.1",
      values: GatewayValues(values, secrets: ["password": Secret("p"), "push_password": Secret("12345")]))
    return PushDoor(
      gateways: ["e": gateway], secret: Secret("s3cret"), sources: sources.compactMap { AddressRange($0) },
      spool: SpoolPushes(folder: folder.path))
  }

  private func request(
    _ path: String, _ method: String = "GET", query: String = good, from client: String = "127.0.0.1"
  ) -> ServerRequest {
    var request = ServerRequest(
      method: method, path: path, query: FormData.parse(Array(query.utf8)), client: client)
    request.rawQuery = query
    return request
  }

  private static let good = "receiver=admin&pswd=12345&msgid=1&mobile=13800138000&status=DELIVRD&reportTime=2611110900"

  private func kept() throws -> [SpoolEntry] {
    let reader = SpoolReader(folder: folder.path)
    var entries: [SpoolEntry] = []
    for name in try reader.names() {
      _ = try reader.read(name, from: 0) { (entry) throws(LedgerError) in entries.append(entry) }
    }
    return entries
  }

  static let refusals: [(path: String, method: String, query: String, client: String, status: Int)] = [
    ("/push/e/wrong", "GET", good, "127.0.0.1", 404),
    ("/push/other/s3cret", "GET", good, "127.0.0.1", 404),
    ("/push/e", "GET", good, "127.0.0.1", 404),
    ("/push/e/s3cret/", "GET", good, "127.0.0.1", 404),
    ("//push/e/s3cret", "GET", good, "127.0.0.1", 404),
    ("/", "GET", good, "127.0.0.1", 404),
    ("/push/e/s3cret", "PUT", good, "127.0.0.1", 405),
    ("/push/e/s3cret", "GET", good, "203.0.113.9", 403),
    ("/push/e/wrong", "GET", good, "203.0.113.9", 403),
    ("/push/e/s3cret", "GET", good.replacing("12345", with: "54321"), "127.0.0.1", 403),
  ]

  @Test(arguments: refusals)
  func `what may not come in is not kept`(
    _ row: (path: String, method: String, query: String, client: String, status: Int)
  ) throws {
    let door = try door(sources: ["127.0.0.0/8"])
    let reply = door.answer(request(row.path, row.method, query: row.query, from: row.client))
    #expect(reply.status == row.status)
    #expect(reply.body.isEmpty)
    #expect(try kept().isEmpty)
    #expect(door.counts.kept == 0 && door.counts.words.contains("refused: 1 "))
  }

  @Test(arguments: [good, "receiver=admin&pswd=12345&something=else"])
  func `what comes in is on the disk before the answer, readable or not`(query: String) throws {
    let door = try door()
    let reply = door.answer(request("/push/e/s3cret", query: query))
    #expect(reply.status == 200 && reply.body.text == "0")
    let entries = try kept()
    // All but the gateway's password, which belongs into qunfa.toml alone.
    #expect(entries.map(\.query) == [query.replacing("pswd=12345", with: "pswd=***")])
    #expect(entries.first?.account == "e" && entries.first?.method == "GET")
    #expect(door.counts.kept == 1)
    #expect(door.counts.unreadable == (query == Self.good ? 0 : 1))
  }

  @Test(
    arguments: [
      ("pswd=x", "pswd=***"), ("a=1&PSWD=a%26b&c=%FF", "a=1&PSWD=***&c=%FF"), ("pswd=&a", "pswd=&a"), ("", ""),
      ("&&pswd=1=2&", "&&pswd=***&"), ("msg=pswd=5&xpswd=6&pswd", "msg=pswd=5&xpswd=6&pswd"),
    ])
  func `a push's own password is taken out, and nothing else`(_ form: String, _ kept: String) throws {
    let values = ["account": "demo", "product": "", "extno": "", "push_receiver": "", "double_encode": "false"]
    let gateway = try Eighteen(
      url: "http://127.0.0.1",
      values: GatewayValues(values, secrets: ["password": Secret("p"), "push_password": Secret("")]))
    #expect(PushSecrets.removed(from: Array(form.utf8), gateway).text == kept)
  }

  @Test func `a disk that refuses is told to the gateway, which then comes again`() throws {
    try folder.write("spool", "a file where the folder should be")
    let door = try door()
    #expect(door.answer(request("/push/e/s3cret")).status == 503)
    #expect(door.counts.diskFault == 1 && door.counts.kept == 0)
  }

  @Test func `counters hold no numbers, texts or secrets`() throws {
    let door = try door()
    _ = door.answer(request("/push/e/s3cret"))
    _ = door.answer(request("/push/13800138000/s3cret"))
    #expect(door.counts.words == "1 push kept, refused: 1 wrong path")
  }
}
