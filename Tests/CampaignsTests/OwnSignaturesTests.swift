import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct OwnSignaturesTests {
  @Test(
    arguments: [
      // Planned rows in order, those with a signature of their own marked; rows that are missing were not planned.
      ([], ""), ([(1, false), (2, false)], ""), ([(1, true)], "1"), ([(1, true), (2, true), (3, true)], "1-3"),
      ([(2, true), (7, true), (9, false)], "2-7"), ([(1, true), (2, false), (3, true), (5, true)], "1,3-5"),
    ] as [([(Int, Bool)], String)]) func `rows are kept in ranges`(_ rows: [(Int, Bool)], _ text: String)
  {
    var own = OwnSignatures()
    for (row, isOwn) in rows { own.add(row: row, isOwn: isOwn) }
    #expect(own.text == text)
    let read = OwnSignatures(text)
    #expect(read.text == text)
    for (row, isOwn) in rows { #expect(own.contains(row) == isOwn && read.contains(row) == isOwn) }
    #expect(!own.contains(0) && !own.contains(100))
  }

  @Test(arguments: [nil, "", ",", "x", "9-3", "-"]) func `a fact that says nothing names no row`(_ fact: String?) {
    #expect(OwnSignatures(fact).text.isEmpty)
  }

  @Test func `a text's own signature moves with it, the account's does not`() throws {
    // The second text brought the very signature that account a has.
    let fixture = try SendingFixture([("a", "p2p", ["【甲】one", "【甲】one", "【甲】two", "【丁】three"])])
    fixture.failover = true
    fixture.accounts = [
      SendingFixture.account("a", PairGateway(), signature: "【甲】"),
      SendingFixture.account("b", PlainGateway(), signature: "【乙】"),
    ]
    for row in 1...4 { fixture.ownSignatures.add(row: row, isOwn: row == 2 || row == 4) }
    fixture.world.answer = { request in (SendingWorld.says(request.account == "b" ? "ok" : "account"), 0.05) }
    #expect(try fixture.sender().run() == .finished)
    let moved = fixture.world.requests.filter { $0.account == "b" }
    let texts = moved.map { $0.recipients.map { String($0.split(separator: "=")[1]) } }
    #expect(texts == [["【乙】one"], ["【甲】one"], ["【乙】two"], ["【丁】three"]])
  }

  @Test(arguments: [
    ("【商城】", false, "【别家】", false), ("【商城】", false, "【平台】", true), ("【商城】", false, "", false),
    ("【平台】", true, "【别家】", false),
  ]) func `a text with a signature of its own goes as it is`(
    _ origin: String, _ added: Bool, _ target: String, _ addedThere: Bool
  ) {
    let text = Array("【商城】您好".utf8)
    let to = Signature(text: Array(target.utf8), addedByGateway: addedThere)
    let adapted = TextForm.adapt(
      text, from: Signature(text: Array(origin.utf8), addedByGateway: added), to: to, isOwn: true)
    #expect(adapted == text && TextForm.counted(adapted, to) == text)
  }
}
