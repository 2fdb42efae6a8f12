import Platform
import TestSupport
import Testing

@testable import Tables

@Suite struct WordsTests {
  @Test func `exactly the separators are hit, whatever stands beside them`() {
    var generator = SeededGenerator(seed: 1)
    let alphabet: [UInt8] = [
      0x2C, 0x22, 0x0A, 0x0D, 0x2D, 0x2B, 0x23, 0x21, 0x0B, 0x09, 0x0C, 0x0E, 0xAC, 0xA2, 0x8A, 0x00, 0xFF,
    ]
    let comma = Separators(delimiter: UInt8(ascii: ","))
    for _ in 0..<20_000 {
      let bytes = (0..<8).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      for (index, byte) in bytes.enumerated() {
        let isHit = comma.hits(word) >> UInt64(8 * index) & 0xFF == 0x80
        #expect(isHit == [0x2C, 0x22, 0x0A, 0x0D].contains(byte), "\(bytes) at \(index)")
        #expect((Words.zeroes(word) >> UInt64(8 * index) & 0xFF == 0x80) == (byte == 0))
      }
    }
  }
}

@Suite struct FieldsBulkTests {
  @Test(arguments: [0, 1, 15, 16, 17, 32, 33, 5000])
  func `a field is taken whole and nothing behind it`(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 % 251) } + [UInt8](repeating: 0xEE, count: 16)
    var fields = Fields()
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      for _ in 0..<3 { unsafe fields.appendField(padded: base, count: count) }
    }
    #expect(fields.count == 3)
    #expect(fields.byteCount == 3 * count)
    #expect((0..<3).allSatisfy { fields[$0].array == Array(bytes.prefix(count)) })
    #expect(fields.bytes(ofField: 2) == count)
  }

  @Test func `what is no UTF-8 is replaced, the rest stays`() {
    var fields = Fields()
    for bytes in [Array("张".utf8), [0x61, 0xFF, 0x62], []] {
      fields.append(bytes.span)
      fields.endField()
    }
    fields.repair()
    #expect(fields.texts == ["张", "a\u{FFFD}b", ""])
  }
}
