import Messaging
import Platform
import TestSupport
import Testing

@Suite struct PhoneFormatTests {
  @Test(
    arguments: [
      (8_613_800_138_000, "13800138000", "+8613800138000", "138****8000"),
      (61_422_118_000, "+61422118000", "+61422118000", "+614****8000"),
      (85_298_765_432, "+85298765432", "+85298765432", "+852****5432"),
      (8_610_571_705_450, "+8610571705450", "+8610571705450", "+861****5450"),
      (6_831_234, "+6831234", "+6831234", "****34"),
    ] as [(UInt64, String, String, String)])
  func `a number is written for files, gateways and logs`(
    number: UInt64, written: String, international: String, masked: String
  ) {
    var buffer = ByteBuffer()
    PhoneNumber.append(number, to: &buffer)
    #expect(buffer.span.text == written)
    #expect(PhoneNumber.written(number) == written)
    buffer.clear()
    PhoneNumber.append(international: number, to: &buffer)
    #expect(buffer.span.text == international)
    #expect(PhoneNumber.masked(number) == masked)
  }

  @Test func `what is written is read back as the same number`() {
    for number: UInt64 in [8_613_800_138_000, 61_422_118_000, 85_298_765_432] {
      guard case .valid(let again, _) = PhoneNumber.judge(Array(PhoneNumber.written(number).utf8).span) else {
        Issue.record("a written number is not read")
        continue
      }
      #expect(again == number)
    }
  }

  @Test func `eleven digits are written as integers print`() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      let national = UInt64.random(in: 13_000_000_000...19_999_999_999, using: &generator)
      var buffer = ByteBuffer()
      PhoneNumber.append(8_600_000_000_000 + national, to: &buffer)
      #expect(buffer.span.text == String(national))
    }
  }
}
