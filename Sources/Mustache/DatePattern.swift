import Platform

/// How `date:` writes a date: letters for the parts, everything else as it stands.
struct DatePattern: Sendable, Equatable {
  /// The pattern in UTF-8, with each run of letters as a mark that UTF-8 never uses and the length of the run. One
  /// array, so that writing a date costs one count of references.
  private var program: [UInt8] = []

  private static let firstMark: UInt8 = 0xF8
  private static let letters: [Character] = ["y", "M", "d", "H", "m", "s", "E"]

  /// Reads a pattern of yyyy yy M MM d dd H HH m mm s ss E EEEE. Runs of these letters of another length, and Y, D, h,
  /// which other tools use, are errors; a million texts with `YYYY` in them are not what was meant.
  init(parsing pattern: String, at place: Place) throws(TemplateError) {
    guard !pattern.isEmpty else { throw DatePattern.unknown("", at: place) }
    var rest = Array(pattern)[...]
    while let letter = rest.first {
      let run = rest.prefix { $0 == letter }.count
      if let mark = DatePattern.letters.firstIndex(of: letter), DatePattern.isKnown(letter, run) {
        program += [DatePattern.firstMark + UInt8(mark), UInt8(run)]
      } else if "yMdHmsEYDh".contains(letter) {
        throw DatePattern.unknown(String(repeating: letter, count: run), at: place)
      } else {
        program += Array(String(repeating: letter, count: run).utf8)
      }
      rest = rest.dropFirst(run)
    }
  }

  private static func isKnown(_ letter: Character, _ run: Int) -> Bool {
    switch letter {
    case "y": run == 4 || run == 2
    case "E": run == 1 || run == 4
    default: run <= 2
    }
  }

  private static func unknown(_ letters: String, at place: Place) -> TemplateError {
    TemplateError(
      letters.isEmpty ? "empty date pattern" : "unknown date letters '\(shown(letters))'", at: place,
      expected: "yyyy, yy, M, MM, d, dd, H, HH, m, mm, s, ss, E (周三) or EEEE (星期三), as in 'date:M月d日'")
  }

  func append(_ date: CivilTime, to buffer: inout ByteBuffer) {
    let program = program.span
    var index = 0
    while index < program.count {
      let byte = program[index]
      index += 1
      guard byte >= DatePattern.firstMark else {
        buffer.append(byte)
        continue
      }
      append(date, byte - DatePattern.firstMark, Int(program[index]), to: &buffer)
      index += 1
    }
  }

  private func append(_ date: CivilTime, _ letter: UInt8, _ run: Int, to buffer: inout ByteBuffer) {
    switch letter {
    case 0: append(run == 2 ? date.year % 100 : date.year, run, to: &buffer)
    case 1: append(date.month, run, to: &buffer)
    case 2: append(date.day, run, to: &buffer)
    case 3: append(date.hour, run, to: &buffer)
    case 4: append(date.minute, run, to: &buffer)
    case 5: append(date.second, run, to: &buffer)
    default:
      buffer.append(run == 4 ? "星期" as StaticString : "周")
      buffer.append(date.weekdaySign)
    }
  }

  /// Appends `value` with at least `digits` digits, which are 1, 2 or 4.
  private func append(_ value: Int, _ digits: Int, to buffer: inout ByteBuffer) {
    if digits == 4 {
      if value < 1000 { buffer.append(UInt8(ascii: "0")) }
      if value < 100 { buffer.append(UInt8(ascii: "0")) }
    }
    if digits > 1, value < 10 { buffer.append(UInt8(ascii: "0")) }
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
