import JSON
import Messaging
import Platform
import TestSupport
import Testing

@Suite struct SegmentsTests {
  private func count(_ text: String, _ rule: SegmentRule) -> Segments {
    Segments.count(Array(text.utf8).span, rule: rule)
  }

  @Test(arguments: [
    ("", 0, 0), ("a", 1, 1), ("字", 1, 1), ("😀", 2, 1), ("é", 1, 1), ("【示例商城】您好", 8, 1), ("\n", 1, 1),
  ])
  func `short texts under the domestic rule`(text: String, units: Int, segments: Int) {
    #expect(count(text, .domestic) == Segments(encoding: .ucs2, units: units, segments: segments))
  }

  @Test(arguments: [
    ("a", 70, 1), ("a", 71, 2), ("字", 70, 1), ("字", 71, 2), ("字", 134, 2), ("字", 135, 3), ("字", 201, 3),
    ("字", 5000, 75),
    // 33 pairs a segment, one unit left empty.
    ("😀", 35, 1), ("😀", 36, 2), ("😀", 66, 2), ("😀", 67, 3),
  ])
  func `repeated characters under the domestic rule`(piece: String, times: Int, segments: Int) {
    let counted = count(String(repeating: piece, count: times), .domestic)
    #expect(counted.segments == segments)
    #expect(counted.units == piece.utf16.count * times)
  }

  @Test(arguments: [
    ("a", 160, TextEncoding.gsm7, 160, 1), ("a", 161, .gsm7, 161, 2), ("a", 306, .gsm7, 306, 2),
    ("a", 307, .gsm7, 307, 3),
    ("€", 80, .gsm7, 160, 1), ("€", 81, .gsm7, 162, 2), ("€", 153, .gsm7, 306, 3), ("Ç", 161, .gsm7, 161, 2),
    ("ç", 70, .ucs2, 70, 1), ("ç", 71, .ucs2, 71, 2), ("\u{1B}", 1, .ucs2, 1, 1), ("\u{0C}", 1, .gsm7, 2, 1),
    ("`", 1, .ucs2, 1, 1), ("e\u{301}", 1, .ucs2, 2, 1), ("é", 1, .gsm7, 1, 1), ("", 1, .gsm7, 0, 0),
    ("字", 71, .ucs2, 71, 2),
    ("ΔΦΓΛΩΠΨΣΘΞ@£$¥_^{}\\[~]|", 1, .gsm7, 31, 1), ("😀", 67, .ucs2, 134, 3), ("\t", 1, .ucs2, 1, 1),
  ])
  func `texts under the international rule`(
    piece: String, times: Int, encoding: TextEncoding, units: Int, segments: Int
  ) {
    let counted = count(String(repeating: piece, count: times), .international)
    #expect(counted == Segments(encoding: encoding, units: units, segments: segments))
  }

  @Test func `the excess is what lies beyond one segment fewer`() {
    #expect(Segments(encoding: .ucs2, units: 71, segments: 2).unitsInExcess == 1)
    #expect(Segments(encoding: .ucs2, units: 137, segments: 3).unitsInExcess == 3)
    #expect(Segments(encoding: .gsm7, units: 162, segments: 2).unitsInExcess == 2)
    #expect(Segments(encoding: .ucs2, units: 70, segments: 1).unitsInExcess == 0)
    #expect(Segments(encoding: .ucs2, units: 134, segments: 3).unitsInExcess == 1)
  }

  @Test func `units agree with the standard library's UTF-16 length`() {
    var generator = SeededGenerator(seed: 86)
    let pieces = ["a", "é", "字", "😀", "𠮷", "\u{7FF}", "\u{800}", "\u{FFFD}", "\u{10FFFF}"]
    for length in 0..<300 {
      let text = (0..<length).map { _ in pieces.randomElement(using: &generator)! }.joined()
      let counted = count(text, .domestic)
      #expect(counted.units == text.utf16.count)
    }
    let long = String(repeating: "字😀a", count: 10_000)
    #expect(count(long, .domestic).units == 40_000)
  }

  @Test func `septets agree with the sum over the characters`() {
    var generator = SeededGenerator(seed: 7)
    let pieces = ["a", "Z", "_", "@", "é", "€", "[", "~", "\n", " ", "Ω", "`", "{"]
    for length in 0..<300 {
      let text = (0..<length).map { _ in pieces[Int.random(in: 0..<(length % 2 == 0 ? 11 : 13), using: &generator)] }
        .joined()
      let septets = text.unicodeScalars.map(GSM7.septets)
      let counted = count(text, .international)
      #expect(counted.encoding == (septets.contains(0) ? .ucs2 : .gsm7))
      #expect(counted.units == (septets.contains(0) ? text.utf16.count : septets.reduce(0, +)))
    }
  }

  @Test func `the corpus of counted texts`() throws {
    guard let path = shared("corpora/sms-segments/segments.json") else {
      print("corpora/sms-segments/segments.json is not here: nothing compared")
      return
    }
    let cases = try JSON(parsing: try Files.read(path, limit: 1 << 24)).elements ?? []
    for item in cases {
      let text = try text(of: item)
      let id = item["id"]?.text ?? ""
      let international = count(text, .international)
      // The corpus calls an empty text GSM-7 as well.
      #expect(international.encoding.rawValue == item["encoding"]?.text, "\(id)")
      #expect(String(international.units) == item["units"]?.text, "\(id)")
      #expect(String(international.segments) == item["segments"]?.text, "\(id)")
      let domestic = count(text, .domestic)
      #expect(String(domestic.units) == item["cn_domestic"]?["units"]?.text, "\(id)")
      #expect(String(domestic.segments) == item["cn_domestic"]?["segments"]?.text, "\(id)")
    }
    print("segments.json: \(cases.count) texts compared")
    #expect(cases.count > 1000)
  }

  /// The text, from its UTF-16 in hexadecimal where that is given.
  private func text(of item: JSON) throws -> String {
    guard let hex = item["text_utf16be_hex"]?.text, !hex.isEmpty else { return try #require(item["text"]?.text) }
    let digits = Array(hex.utf8)
    let units = stride(from: 0, to: digits.count, by: 4).map { start in
      UInt16(Array(digits[start..<start + 4]).text, radix: 16) ?? 0
    }
    return String(decoding: units, as: UTF16.self)
  }

  @Test func `the examples that providers state`() throws {
    guard let path = shared("corpora/sms-segments/cn_provider_examples.json") else {
      print("corpora/sms-segments/cn_provider_examples.json is not here: nothing compared")
      return
    }
    let cases = try JSON(parsing: try Files.read(path, limit: 1 << 20))["cases"]?.elements ?? []
    var compared = 0
    for item in cases {
      guard let length = item["length"]?.text.flatMap({ Int($0) }), let segments = item["segments"]?.text else {
        continue
      }
      let encoding = item["encoding"]?.text
      // Where the carrier puts words of its own first, the provider states how much room they leave.
      let single = encoding == "GSM-7" ? 160 : 70
      let carrier = item["single_limit"]?.text.flatMap { Int($0) }.map { single - $0 } ?? 0
      let text = String(repeating: encoding == "GSM-7" ? "a" : "字", count: length + carrier)
      let counted = count(text, encoding == nil ? .domestic : .international)
      #expect(String(counted.segments) == segments, "\(item["provider"]?.text ?? ""), \(length)")
      compared += 1
    }
    print("cn_provider_examples.json: \(compared) examples compared")
    #expect(compared > 5)
  }
}
