import Platform
import Testing

@testable import Gateways

@Suite struct FormWriterTests {
  @Test func `form values are percent-encoded down to the separators`() {
    var form = FormWriter()
    form.add("a", "x y&z=1;2,3~")
    form.add("b", [0xE6, 0x82, 0xA8])
    form.add("c", twice: [0x20, 0x41])
    #expect(form.array.text == "a=x%20y%26z%3D1%3B2%2C3~&b=%E6%82%A8&c=%2520A")
  }

  @Test func `every byte but the unreserved ones is encoded`() {
    var form = FormWriter()
    form.add("x", Array(0...255))
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF")
    let expected = (UInt8(0)...255).map { byte in
      plain.contains(byte) ? String(Unicode.Scalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
    #expect(form.array.text == "x=" + expected.joined())
  }
}
