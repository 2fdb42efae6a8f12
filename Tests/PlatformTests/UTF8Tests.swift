import Platform
import TestSupport
import Testing

@Suite struct UTF8Tests {
  // Spans cannot stand inside #expect.
  private func firstInvalid(_ bytes: [UInt8]) -> Int? { UTF8Text.firstInvalid(in: bytes.span) }
  private func isValid(_ bytes: [UInt8]) -> Bool { UTF8Text.isValid(bytes.span) }
  private func hasControls(_ text: String) -> Bool { UTF8Text.hasControls(Array(text.utf8).span) }

  @Test(
    arguments: [
      ([], nil), ([0x41], nil), ([0xC3, 0xA9], nil), ([0xE5, 0xAD, 0x97], nil), ([0xF0, 0x9F, 0x98, 0x80], nil),
      ([0x41, 0x80], 1), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x9F, 0xBF], 0), ([0xED, 0xA0, 0x80], 0),
      ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0),
      ([0x41, 0x42, 0xE5, 0xAD], 2),
      ([0xE5], 0), ([0xC3, 0x41], 0), ([0xF0, 0x9F, 0x98], 0), ([0xFF], 0), ([0xEF, 0xBF, 0xBF], nil),
    ] as [([UInt8], Int?)])
  func `the first byte that is not UTF-8 is found`(bytes: [UInt8], offset: Int?) {
    #expect(firstInvalid(bytes) == offset)
    #expect(isValid(bytes) == (offset == nil))
    let padded = Array(repeating: UInt8(ascii: "x"), count: 37) + bytes
    #expect(firstInvalid(padded) == offset.map { $0 + 37 })
  }

  @Test func `validity agrees with the standard library`() {
    var generator = SeededGenerator(seed: 8)
    let edges: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE5, 0xED, 0xEF, 0xF0, 0xF4,
    ]
    for _ in 0..<50_000 {
      let bytes = (0..<Int.random(in: 0...6, using: &generator)).map { _ in edges.randomElement(using: &generator)! }
      #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }

  @Test func `units and pairs of texts of any length`() {
    var generator = SeededGenerator(seed: 16)
    let pieces = ["a", "é", "字", "😀"]
    for length in Array(0..<200) + [5000] {
      let text = (0..<length).map { _ in pieces.randomElement(using: &generator)! }.joined()
      let (units, pairs) = UTF8Text.units(of: Array(text.utf8).span)
      #expect(units == text.utf16.count)
      #expect(pairs == text.unicodeScalars.count { $0.value > 0xFFFF })
    }
  }

  @Test func `control characters other than LF are found wherever they stand`() {
    for value in 0..<0x300 {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
      for before in [0, 1, 15, 16, 40] {
        let text = String(repeating: "字", count: before) + String(Character(scalar)) + "尾"
        #expect(hasControls(text) == isControl, "U+\(String(value, radix: 16))")
      }
    }
    #expect(!hasControls(""))
  }

  @Test func `characters are read one after the other`() {
    let text = "aé字😀"
    let bytes = Array(text.utf8)
    var index = 0
    var scalars: [UInt32] = []
    while index < bytes.count { scalars.append(UTF8Text.scalar(in: bytes.span, at: &index)) }
    #expect(scalars == text.unicodeScalars.map(\.value))
  }

  @Test func `eight bytes are asked at once`() {
    for value in UInt8.min...UInt8.max {
      for shift in stride(from: 0, to: 64, by: 8) {
        let word = 0x4141_4141_4141_4141 & ~(UInt64(0xFF) << UInt64(shift)) | UInt64(value) << UInt64(shift)
        #expect(word.hasByteBelow(0x20) == (value < 0x20))
        #expect(word.hasByte(0x7F) == (value == 0x7F))
        #expect(word.hasByteAboveASCII == (value >= 0x80))
        #expect(word.sumOfBytes == 7 * 0x41 + Int(value))
      }
    }
  }
}
