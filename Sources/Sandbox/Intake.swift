import Platform

/// One number of a submit call, with what the platform is going to do about it.
struct Recipient {
  /// The number as received, in the call's form.
  var number: Range<Int>
  /// The number's value when it is nothing but digits, else 0.
  var digits: UInt64 = 0
  /// Zeros in front of `digits`.
  var zeros: UInt8 = 0
  /// Its text, in the call's form.
  var text: Range<Int>
  /// emay: the sender's own id, in the call's form.
  var custom: Range<Int> = 0..<0
  /// What the number itself asks for (docs/sandbox.md, "Magic numbers").
  var magic: Magic?
  /// Refused by this platform's own rule or by the faults file; the others of the call may still be taken.
  var isRefused = false

  /// Whether `digits` has the form of a mobile number in mainland China.
  var isMainland: Bool { zeros == 0 && (13_000_000_000..<20_000_000_000).contains(digits) }
}

/// What one submit call hands over.
struct Intake: ~Copyable {
  var form: RequestForm
  var recipients: [Recipient] = []
  /// youe: the sender's own id for the call.
  var link: Range<Int> = 0..<0
  /// The seconds since 1970 at which it shall go out; nil: at once.
  var sendAt: Int64?

  init(_ form: consuming RequestForm) { self.form = form }

  /// Adds the numbers of a list, all with one text. A separator behind the last number does not count. False when there
  /// are more than `most`.
  mutating func addList(_ list: Range<Int>, separator: UInt8, text: Range<Int>, most: Int) -> Bool {
    var start = list.lowerBound
    while start < list.upperBound {
      guard recipients.count < most else { return false }
      let end = form.position(of: separator, in: start..<list.upperBound)
      recipients.append(Recipient(start..<end, of: form.bytes, text: text))
      start = end + 1
    }
    return true
  }

  mutating func add(_ number: Range<Int>, text: Range<Int>, custom: Range<Int> = 0..<0) {
    var recipient = Recipient(number, of: form.bytes, text: text)
    recipient.custom = custom
    recipients.append(recipient)
  }
}

extension Recipient {
  init(_ number: Range<Int>, of bytes: borrowing Span<UInt8>, text: Range<Int>) {
    self.number = number
    self.text = text
    var value: UInt64 = 0
    for index in number {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10, number.count <= 19 else { return }
      if digit == 0, value == 0 { zeros += 1 }
      value = value * 10 + UInt64(digit)
    }
    digits = value
  }
}

/// UTF-16 units of UTF-8 bytes: a pair (emoji, rare characters) counts two.
func units(_ text: borrowing Span<UInt8>) -> Int {
  var count = 0
  for index in 0..<text.count {
    let byte = text[index]
    if byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
  }
  return count
}

/// Segments of a text by the domestic rule: up to 70 units one, else 67 units each.
func domesticSegments(_ units: Int) -> Int { units <= 70 ? 1 : (units + 66) / 67 }
