import Platform

/// How `date:` writes a date: letters for the parts, everything else as it stands.
struct DatePattern: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case text([UInt8])
    case year(digits: Int)
    case month(digits: Int), day(digits: Int), hour(digits: Int), minute(digits: Int), second(digits: Int)
    case weekday(full: Bool)
  }

  private let parts: [Part]

  /// Reads a pattern of yyyy yy M MM d dd H HH m mm s ss E EEEE. Runs of these letters of another length, and Y, D, h,
  /// which other tools use, are errors; a million texts with `YYYY` in them are not what was meant.
  init(parsing pattern: String, at place: Place) throws(TemplateError) {
    guard !pattern.isEmpty else { throw DatePattern.unknown("", at: place) }
    var parts: [Part] = []
    var rest = Array(pattern)[...]
    while let letter = rest.first {
      let run = rest.prefix { $0 == letter }.count
      if "yMdHmsEYDh".contains(letter) {
        guard let part = DatePattern.part(letter, run) else {
          throw DatePattern.unknown(String(repeating: letter, count: run), at: place)
        }
        parts.append(part)
      } else {
        let words = Array(String(repeating: letter, count: run).utf8)
        if case .text(let before)? = parts.last {
          parts[parts.count - 1] = .text(before + words)
        } else {
          parts.append(.text(words))
        }
      }
      rest = rest.dropFirst(run)
    }
    self.parts = parts
  }

  private static func part(_ letter: Character, _ run: Int) -> Part? {
    switch (letter, run) {
    case ("y", 4), ("y", 2): .year(digits: run)
    case ("M", 1...2): .month(digits: run)
    case ("d", 1...2): .day(digits: run)
    case ("H", 1...2): .hour(digits: run)
    case ("m", 1...2): .minute(digits: run)
    case ("s", 1...2): .second(digits: run)
    case ("E", 1): .weekday(full: false)
    case ("E", 4): .weekday(full: true)
    default: nil
    }
  }

  private static func unknown(_ letters: String, at place: Place) -> TemplateError {
    TemplateError(
      letters.isEmpty ? "empty date pattern" : "unknown date letters '\(shown(letters))'", at: place,
      expected: "yyyy, yy, M, MM, d, dd, H, HH, m, mm, s, ss, E (周三) or EEEE (星期三), as in 'date:M月d日'")
  }

  func append(_ date: CivilTime, to buffer: inout ByteBuffer) {
    for part in parts {
      switch part {
      case .text(let words): buffer.append(words)
      case .year(let digits): append(digits == 2 ? date.year % 100 : date.year, digits, to: &buffer)
      case .month(let digits): append(date.month, digits, to: &buffer)
      case .day(let digits): append(date.day, digits, to: &buffer)
      case .hour(let digits): append(date.hour, digits, to: &buffer)
      case .minute(let digits): append(date.minute, digits, to: &buffer)
      case .second(let digits): append(date.second, digits, to: &buffer)
      case .weekday(let full):
        buffer.append(full ? "星期" as StaticString : "周")
        buffer.append(date.weekdaySign)
      }
    }
  }

  private func append(_ value: Int, _ digits: Int, to buffer: inout ByteBuffer) {
    var bound = 10
    for _ in 1..<max(2, digits) {
      if digits > 1, value < bound { buffer.append(UInt8(ascii: "0")) }
      bound *= 10
    }
    buffer.append(decimal: value)
  }
}

extension CivilTime {
  /// 日 to 六, by Sakamoto's method for the Gregorian calendar.
  fileprivate var weekdaySign: StaticString {
    let shift: InlineArray<12, Int> = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    let year = month < 3 ? year - 1 : year
    switch (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7 {
    case 0: return "日"
    case 1: return "一"
    case 2: return "二"
    case 3: return "三"
    case 4: return "四"
    case 5: return "五"
    default: return "六"
    }
  }
}
