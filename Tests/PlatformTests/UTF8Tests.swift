import Platform
import TestSupport
import Testing

@Suite struct UTF8Tests {
  // Spans cannot stand inside #expect.
  private func hasControls(_ text: String) -> Bool { UTF8Text.hasControls(Array(text.utf8).span) }

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
