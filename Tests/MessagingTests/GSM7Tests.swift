import Messaging
import Platform
import TestSupport
import Testing

@Suite struct GSM7Tests {
  @Test func `the alphabet has 127 characters and ten of two septets`() {
    let all = (0...0xFFFF).compactMap { Unicode.Scalar(UInt32($0)) }
    #expect(all.count { GSM7.septets($0) == 1 } == 127)
    let extended = all.filter { GSM7.septets($0) == 2 }
    #expect(extended == ["\u{0C}", "[", "\\", "]", "^", "{", "|", "}", "~", "€"])
  }

  @Test(arguments: ["Ç", "@", "£", "Ω", "_", "\r", "¿"] as [Unicode.Scalar])
  func `characters of one septet`(scalar: Unicode.Scalar) { #expect(GSM7.septets(scalar) == 1) }

  @Test(arguments: ["ç", "`", "\u{1B}", "\t", "Á", "字", "😀", "’"] as [Unicode.Scalar])
  func `characters outside`(scalar: Unicode.Scalar) { #expect(GSM7.septets(scalar) == 0) }

  @Test func `the table agrees with Unicode's but for small ç and escape`() throws {
    guard let path = shared("corpora/sms-segments/GSM0338.TXT") else {
      print("corpora/sms-segments/GSM0338.TXT is not here: nothing compared")
      return
    }
    var compared = 0
    for line in try Files.read(path, limit: 1 << 20).text.split(whereSeparator: \.isNewline) where line.hasPrefix("0x")
    {
      let cells = line.split(separator: "\t")
      let septets = cells[0].count > 4 ? 2 : 1
      guard let value = UInt32(cells[1].dropFirst(2), radix: 16), let scalar = Unicode.Scalar(value) else { continue }
      // 0x1B is the escape itself (shown as U+00A0), 0x09 is ç in that table.
      guard value != 0xA0, value != 0xE7 else { continue }
      #expect(GSM7.septets(scalar) == septets, "U+\(String(value, radix: 16))")
      compared += 1
    }
    print("GSM0338.TXT: \(compared) characters compared")
    #expect(compared > 130)
  }
}
