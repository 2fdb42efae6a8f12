import Ledger
import Platform
import TestSupport
import Testing

@testable import Delivery

@Suite struct RepliesTests {
  typealias F = IntakeFixture

  private func wholes(_ fixture: F) throws -> [String] {
    try fixture.rows("SELECT text, opt_out FROM whole_replies ORDER BY id", cells: 2)
  }

  static let orders = [
    [1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1], [3, 3, 1, 2], [2, 1, 1, 3, 2],
  ]

  @Test(arguments: orders, [true, false])
  func `parts are joined in whatever order they come`(_ order: [Int], _ oneByOne: Bool) throws {
    let fixture = try F()
    for (index, part) in order.enumerated() {
      let text = ["我不想", "再收到", "短信了"][part - 1]
      // Doubled parts differ in a field, so that they are pages of their own.
      try fixture.spool.put(F.reply(text, part: "234,3,\(part)", time: "26111109\(50 + index)", at: Double(index)))
      if oneByOne { try fixture.run(at: Double(index)) }
    }
    try fixture.run(at: 10)
    #expect(try wholes(fixture) == ["我不想再收到短信了|0"])
    #expect(try fixture.rows("SELECT count(*) FROM replies WHERE whole IS NULL") == ["0"])
  }

  @Test func `an opt-out word in two parts counts when both are there`() throws {
    let fixture = try F()
    try fixture.spool.put(F.reply("退", part: "1,2,1"))
    #expect(try fixture.run(at: 10).wholeReplies == 0)
    #expect(try fixture.optOuts() == [])
    try fixture.spool.put(F.reply("订", part: "1,2,2", at: 20))
    #expect(try fixture.run(at: 30).optOuts == 1)
    #expect(try wholes(fixture) == ["退订|1"])
  }

  @Test func `a part that never comes is marked after ten minutes, and put in when it comes after all`() throws {
    let fixture = try F()
    try fixture.spool.put(F.reply("订", part: "1,2,2"))
    #expect(try fixture.run(at: 599).wholeReplies == 0)
    #expect(try fixture.run(at: 600).wholeReplies == 1)
    #expect(try wholes(fixture) == ["…订|0"])
    try fixture.spool.put(F.reply("退", part: "1,2,1", at: 900))
    #expect(try fixture.run(at: 901).optOuts == 1)
    #expect(try wholes(fixture) == ["退订|1"])
  }

  @Test func `a group id that comes again later is another reply`() throws {
    let fixture = try F()
    for (time, word) in [("2611110900", "早"), ("2611110945", "晚")] {
      try fixture.spool.put(F.reply(word, part: "9,2,1", time: time))
      try fixture.spool.put(F.reply("安", part: "9,2,2", time: time))
    }
    try fixture.run()
    #expect(try wholes(fixture) == ["早安|0", "晚安|0"])
  }

  @Test func `parts of other numbers and other groups stay apart`() throws {
    let fixture = try F()
    try fixture.spool.put(F.reply("一", from: "13800138000", part: "9,2,1"))
    try fixture.spool.put(F.reply("二", from: "13800138001", part: "9,2,2"))
    try fixture.spool.put(F.reply("三", from: "13800138000", part: "8,2,2"))
    try fixture.run(at: 700)
    #expect(try wholes(fixture) == ["一…|0", "…二|0", "…三|0"])
  }

  @Test(arguments: [
    ("TD", true), ("td", true), ("ｔｄ", true), (" T D", false), ("\u{3000}TD\n", true), ("TD。", true), ("“TD”", true),
    ("【退订】", true), ("退订！！", true), ("０００0", true), ("00000", false), ("stop", true), ("Stop.", true),
    ("ＵＮＳＵＢＳＣＲＩＢＥ", true), ("T恤", false), ("不要退订", false), ("", false), ("。", false), ("\u{FEFF}R\u{200B}", true),
    ("r?", true), ("n", true), ("No", false), ("回复TD退订", false), ("退 订", false),
  ])
  func `an opt-out word counts alone, in any width and case, with punctuation around`(text: String, optsOut: Bool) {
    let words = OptOutWords(["T", "TD", "R", "N", "退订", "0000", "STOP", "UNSUBSCRIBE"])
    #expect(words.match(text) == optsOut)
  }

  @Test func `a keyword of punctuation alone counts as it stands`() {
    let words = OptOutWords(["。", "#1#"])
    #expect(words.match("。"))
    #expect(words.match("＃1＃"))
    #expect(!words.match("."))
    #expect(!words.match(""))
  }

  @Test func `a number that a person takes off the list stays off`() throws {
    let fixture = try F()
    try fixture.spool.put(F.reply("TD"))
    try fixture.run()
    _ = try WorkspaceStore(folder: fixture.data).remove(optOuts: [8_613_800_138_000])
    try fixture.spool.put(F.reply("谢谢"))
    try fixture.run()
    #expect(try fixture.optOuts() == [])
    try fixture.spool.put(F.reply("TD", time: "2611111000"))
    try fixture.run()
    #expect(try fixture.optOuts().count == 1)
  }

  @Test func `a crash before an opt-out is told loses none`() throws {
    let fixture = try F()
    try fixture.spool.put(F.reply("TD"))
    try fixture.run()
    // As if the process had died between giving the reply and telling its opt-out.
    _ = try WorkspaceStore(folder: fixture.data).remove(optOuts: [8_613_800_138_000])
    try fixture.change("UPDATE whole_replies SET told = 0")
    #expect(try fixture.run().optOuts == 1)
    // As if it had died before giving it.
    _ = try WorkspaceStore(folder: fixture.data).remove(optOuts: [8_613_800_138_000])
    try fixture.change("UPDATE replies SET whole = NULL; DELETE FROM whole_replies")
    #expect(try fixture.run().optOuts == 1)
  }

  @Test func `an opt-out from a number that cannot be read is a warning`() throws {
    let fixture = try F()
    try fixture.spool.put(F.reply("TD", from: "138****8000"))
    let report = try fixture.run()
    #expect(report.optOuts == 0)
    #expect(report.warnings.count == 1)
    #expect(try fixture.run() == IntakeReport())
  }
}
