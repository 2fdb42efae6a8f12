import Messaging
import Platform

/// Reads the cells of a vendor's bill, which people and spreadsheets wrote: full-width digits, thousands separators,
/// currency signs, `="0123"`, dates in the usual forms.
enum BillCell {
  /// Appends the cell with full-width signs as ASCII and without the blanks, quotes and `=` that Excel leaves around.
  static func fold(_ cell: borrowing Span<UInt8>, into folded: inout ByteBuffer) {
    folded.clear()
    var index = 0
    while index < cell.count {
      let byte = cell[index]
      let rest = cell.count - index
      if byte == 0xEF, rest > 2, cell[index + 1] == 0xBC, cell[index + 2] >= 0x81 {
        // U+FF01 to U+FF3F stand for ! to _.
        folded.append(cell[index + 2] - 0x60)
        index += 3
      } else if byte == 0xEF, rest > 2, cell[index + 1] == 0xBD, cell[index + 2] <= 0x9E {
        folded.append(cell[index + 2] - 0x20)
        index += 3
      } else if byte == 0xE3, rest > 2, cell[index + 1] == 0x80, cell[index + 2] == 0x80 {
        folded.append(UInt8(ascii: " "))
        index += 3
      } else if byte == 0xC2, rest > 1, cell[index + 1] == 0xA0 {
        folded.append(UInt8(ascii: " "))
        index += 2
      } else {
        folded.append(byte < 0x20 ? UInt8(ascii: " ") : byte)
        index += 1
      }
    }
    trim(&folded)
  }

  private static func trim(_ folded: inout ByteBuffer) {
    func isMargin(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=")
    }
    var end = folded.count
    while end > 0, isMargin(folded.span[end - 1]) { end -= 1 }
    folded.truncate(to: end)
    var start = 0
    while start < end, isMargin(folded.span[start]) { start += 1 }
    folded.removeFirst(start)
  }

  /// A whole number that is not negative: `2`, `1,024`, `2.00`. Nil when it is none.
  static func count(_ folded: borrowing Span<UInt8>) -> Int? {
    var value = 0
    var digits = 0
    var isFraction = false
    for index in 0..<folded.count {
      let byte = folded[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if isFraction {
          guard byte == UInt8(ascii: "0") else { return nil }
        } else {
          value = value * 10 + Int(byte - UInt8(ascii: "0"))
          digits += 1
          guard digits <= 12 else { return nil }
        }
      case UInt8(ascii: ",") where digits > 0 && !isFraction: continue
      case UInt8(ascii: ".") where digits > 0 && !isFraction: isFraction = true
      default: return nil
      }
    }
    return digits > 0 ? value : nil
  }

  /// An exact amount in yuan: `0.035`, `¥1,024.50`, `￥0.035元`, `.05`. Nil when it is none.
  static func money(_ folded: borrowing Span<UInt8>) -> Money? {
    var text: [UInt8] = []
    var index = 0
    while index < folded.count {
      let byte = folded[index]
      switch byte {
      // Of thousands, not the decimal comma of other countries: `0,035` is no amount here.
      case UInt8(ascii: ",") where text.last == UInt8(ascii: "0") && text.count == 1: return nil
      case UInt8(ascii: ","), UInt8(ascii: " "): index += 1
      // ¥ as U+00A5 and as U+FFE5, 元.
      case 0xC2 where index + 1 < folded.count && folded[index + 1] == 0xA5: index += 2
      case 0xEF where index + 2 < folded.count && folded[index + 1] == 0xBF && folded[index + 2] == 0xA5: index += 3
      case 0xE5 where index + 2 < folded.count && folded[index + 1] == 0x85 && folded[index + 2] == 0x83: index += 3
      default:
        if byte == UInt8(ascii: "."), text.isEmpty || text == [UInt8(ascii: "-")] { text.append(UInt8(ascii: "0")) }
        text.append(byte)
        index += 1
      }
    }
    return try? Money(parsing: text.text)
  }

  /// The E.164 digits of a number; nil when there are none to read. A bill may name numbers that nobody can be sent to.
  static func number(_ cell: borrowing Span<UInt8>, folded: borrowing Span<UInt8>) -> UInt64? {
    if case .valid(let number, _) = PhoneNumber.judge(cell) { return number }
    var value: UInt64 = 0
    var digits = 0
    for index in 0..<folded.count {
      let byte = folded[index]
      if index == 0, byte == UInt8(ascii: "+") { continue }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 18 else { return nil }
      value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
      digits += 1
    }
    return digits >= 5 ? value : nil
  }

  /// A day, or a month where only that is written.
  struct Day: Equatable {
    /// Days since 1970-01-01; the first day of the month when only that is known.
    var day: Int
    var isMonth: Bool
  }

  /// `2026-11-11`, `2026/11/1`, `2026年11月11日`, `20261111`, each with or without a time; `2026-11`, `2026年11月` and
  /// `202611` are months. Nil when it is none of them: day and month in another order would be a guess.
  static func day(_ folded: borrowing Span<UInt8>) -> Day? {
    var groups: InlineArray<3, Int> = [0, 0, 0]
    var digits: InlineArray<3, Int> = [0, 0, 0]
    var group = 0
    var index = 0
    while index < folded.count, group < 3 {
      let byte = folded[index]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        guard digits[group] < 14 else { return nil }
        groups[group] = groups[group] * 10 + Int(byte - UInt8(ascii: "0"))
        digits[group] += 1
      } else if digits[group] > 0 {
        // A time behind `20261111` or behind a month's words is no day of the month.
        if byte == UInt8(ascii: ":") { return nil }
        group += 1
        if group == 1, digits[0] >= 6 { break }
      } else if index == 0 {
        return nil
      }
      index += 1
    }
    return switch digits[0] {
    case 14: calendar(groups[0] / 10_000_000_000, groups[0] / 100_000_000 % 100, groups[0] / 1_000_000 % 100)
    case 8: calendar(groups[0] / 10_000, groups[0] / 100 % 100, groups[0] % 100)
    case 6: month(groups[0] / 100, groups[0] % 100)
    case 4 where digits[1] == 0: nil
    case 4 where digits[1] <= 2 && digits[2] == 0: month(groups[0], groups[1])
    case 4 where digits[1] <= 2 && digits[2] <= 2: calendar(groups[0], groups[1], groups[2])
    default: nil
    }
  }

  private static func month(_ year: Int, _ month: Int) -> Day? {
    calendar(year, month, 1).map { Day(day: $0.day, isMonth: true) }
  }

  private static func calendar(_ year: Int, _ month: Int, _ day: Int) -> Day? {
    guard (2000..<2100).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let civil = CivilTime(year: year, month: month, day: day)
    let days = Calendar.day(of: civil)
    // 31 November would be 1 December.
    guard Calendar.civil(days).day == day else { return nil }
    return Day(day: days, isMonth: false)
  }
}

/// Days counted from 1970-01-01, whatever the zone.
enum Calendar {
  static func day(of civil: CivilTime) -> Int {
    Int(FixedZone.utc.moment(CivilTime(year: civil.year, month: civil.month, day: civil.day)).seconds / 86_400)
  }

  static func civil(_ day: Int) -> CivilTime { FixedZone.utc.civil(Timestamp(seconds: Int64(day) * 86_400)) }

  /// Months counted from year 0.
  static func month(_ day: Int) -> Int {
    let civil = civil(day)
    return civil.year * 12 + civil.month - 1
  }

  /// `2026-11-11`.
  static func text(_ day: Int) -> String { civil(day).date }

  /// `2026-11`.
  static func monthText(_ month: Int) -> String {
    String(CivilTime(year: month / 12, month: month % 12 + 1, day: 1).date.dropLast(3))
  }
}
