import Messaging
import Platform
import Testing

@Suite struct SegmentLintTests {
  private func price(_ text: String) throws -> Money { try Money(parsing: text) }

  /// One message of a template of `fixed` units with two columns.
  private func feed(_ lint: inout SegmentLint, row: Int, name: Int, city: Int, price: Money, fixed: Int = 60) {
    let text = String(repeating: "字", count: fixed + name + city)
    let counted = Segments.count(Array(text.utf8).span, rule: .domestic)
    guard lint.add(row: row, counted, price: price) else { return }
    lint.addLength(column: 0, units: name)
    lint.addLength(column: 1, units: city)
  }

  @Test func `rows that spill, what they cost, and the column to blame`() throws {
    var lint = SegmentLint(columns: ["姓名", "城市"])
    let price = try price("0.035")
    // 67 units are usual; every tenth name is 5 longer and makes 72.
    for row in 1...1000 { feed(&lint, row: row, name: row % 10 == 0 ? 8 : 3, city: 4, price: price) }
    let report = try lint.report()
    #expect(report.messages == 1000)
    #expect(report.spilling == [0, 100, 0])
    #expect(report.spillingRows == 100)
    #expect(report.saving.description == "3.50")
    #expect(report.columns.map(\.name) == ["姓名"])
    #expect(report.columns.map(\.usualLength) == [3])
    #expect(report.columns.map(\.rows) == [100])
    #expect(report.longest?.row == 10)
    #expect(report.longest?.counted == Segments(encoding: .ucs2, units: 72, segments: 2))
  }

  @Test func `a fixed text that spills blames no column`() throws {
    var lint = SegmentLint(columns: ["姓名", "城市"])
    for row in 1...200 { feed(&lint, row: row, name: 3, city: 4, price: try price("0.05"), fixed: 64) }
    let report = try lint.report()
    #expect(report.spilling == [200, 0, 0])
    #expect(report.columns.isEmpty)
    #expect(report.saving.description == "10.00")
  }

  @Test func `four units above a boundary are no spill`() throws {
    var lint = SegmentLint(columns: [])
    _ = lint.add(row: 1, Segments(encoding: .ucs2, units: 74, segments: 2), price: try price("1"))
    _ = lint.add(row: 2, Segments(encoding: .ucs2, units: 73, segments: 2), price: try price("0.5"))
    _ = lint.add(row: 3, Segments(encoding: .ucs2, units: 135, segments: 3), price: try price("1"))
    let report = try lint.report()
    #expect(report.spilling == [1, 0, 1])
    #expect(report.saving.description == "1.50")
    #expect(report.longest?.row == 3)
  }

  @Test func `two halves that are merged are the whole`() throws {
    var whole = SegmentLint(columns: ["姓名", "城市"])
    var halves = [SegmentLint(columns: ["姓名", "城市"]), SegmentLint(columns: ["姓名", "城市"])]
    for row in 1...1280 {
      let price = try price(row % 3 == 0 ? "0.035" : "0.04")
      let name = 2 + row % 7
      feed(&whole, row: row, name: name, city: 5, price: price)
      feed(&halves[row <= 640 ? 0 : 1], row: row, name: name, city: 5, price: price)
    }
    halves[0].merge(with: halves[1])
    #expect(try halves[0].report() == whole.report())
    #expect(try whole.report().spillingRows > 0)
  }

  @Test func `characters that force UCS-2 are counted by rows, and other scripts are not`() throws {
    var lint = SegmentLint(columns: [])
    let price = try price("0.42")
    let texts = [
      String(repeating: "Plain words ", count: 10) + "it’s", String(repeating: "More words ", count: 10) + "– it’s",
      "您好，您的订单已经发货", "Plain",
    ]
    for (index, text) in texts.enumerated() {
      let bytes = Array(text.utf8)
      let counted = Segments.count(bytes.span, rule: .international)
      _ = lint.add(row: index + 1, counted, price: price)
      if counted.encoding == .ucs2 { lint.addUCS2(bytes.span, counted, price: price) }
    }
    let report = try lint.report()
    #expect(report.characters.map(\.character) == ["’", "–"])
    #expect(report.characters.map(\.rows) == [2, 1])
    #expect(report.forced == 2)
    #expect(report.otherScripts == 1)
    // Two texts of two UCS-2 segments each would be one segment.
    #expect(report.forcedSaving.description == "0.84")
  }
}
