import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

@Suite struct MobsetCodesTests {
  /// Chapter 6 of the document, by first and last code of each unbroken run.
  private static let listed: [ClosedRange<Int>] = [
    102...112, 123...133, 139...139, 141...144, 189...191, 197...199, 201...207, 211...214, 220...222, 229...241,
    249...249, 311...317, 321...324, 331...339, 341...342, 351...356, 361...367, 371...372, 381...386, 501...513,
    601...611,
  ]

  @Test func `every code of the document has one row, and no other code has`() {
    let codes = Mobset.codes.map(\.code).filter { $0.hasPrefix("-") }
    #expect(Set(codes) == Set(Self.listed.flatMap { $0.map { "-\($0)" } }))
    #expect(Set(codes).count == codes.count)
  }

  @Test func `the table agrees with the vendor's document`() throws {
    guard let path = shared("seeds/000_c574ff782f659ae9.txt") else {
      print("shared/seeds is not here: the vendor's table was not compared")
      return
    }
    let text = try Files.read(path, limit: 1 << 20).text
    let codes = text.split(separator: "\n").compactMap { line -> String? in
      let fields = line.split(separator: "\t")
      guard fields.count == 2, let code = Int(fields[0]), code < 0 else { return nil }
      return String(code)
    }
    #expect(codes.count > 120)
    #expect(Set(codes) == Set(Mobset.codes.map(\.code).filter { $0.hasPrefix("-") }))
  }

  @Test(arguments: ["-106", "-112"])
  func `a code with two meanings tells both`(code: String) throws {
    let row = try #require(Mobset.meaning(of: code))
    #expect(row.english.hasPrefix("either ") && row.english.contains(", or "))
    #expect(row.chinese.hasPrefix("两种含义") && row.chinese.contains("；或"))
  }

  @Test func `every row has both languages`() {
    for row in Mobset.codes { #expect(!row.english.isEmpty && !row.chinese.isEmpty, "\(row.code)") }
  }
}
