import Platform

/// Reads a date as contact files write it: `2026-11-11`, `2026/11/1`, `2026.11.11`, `20261111`, `2026年11月11日`, each
/// also with a time behind it: ` 9:05`, `T09:05:30`, ` 9时5分`; `20261111090530`. A fraction of a second and a zone are
/// read over: the date and time as written count. Nil for anything else, or a day that does not exist.
func readDate(_ bytes: borrowing Span<UInt8>) -> CivilTime? {
  let range = Blanks.trim(bytes, 0..<bytes.count)
  var reader = DateReader(index: range.lowerBound, end: range.upperBound)
  return reader.read(bytes)
}

private struct DateReader {
  var index: Int
  let end: Int

  mutating func read(_ bytes: borrowing Span<UInt8>) -> CivilTime? {
    let start = index
    guard let first = number(bytes, most: 14) else { return nil }
    guard let date = index - start > 4 ? compact(first, digits: index - start) : separated(bytes, year: first) else {
      return nil
    }
    guard (1...9999).contains(date.year), (1...12).contains(date.month), date.day >= 1,
      date.day <= days(of: date.month, date.year)
    else { return nil }
    guard let moment = time(bytes, date), moment.hour < 24, moment.minute < 60, moment.second < 60, index == end else {
      return nil
    }
    return moment
  }

  /// `20261111`, `202611110905`, `20261111090530`.
  private func compact(_ digits: Int, digits count: Int) -> CivilTime? {
    switch count {
    case 8: CivilTime(year: digits / 10_000, month: digits / 100 % 100, day: digits % 100)
    case 12: compact(digits * 100, digits: 14)
    case 14:
      CivilTime(
        year: digits / 10_000_000_000, month: digits / 100_000_000 % 100, day: digits / 1_000_000 % 100,
        hour: digits / 10_000 % 100, minute: digits / 100 % 100, second: digits % 100)
    default: nil
    }
  }

  private mutating func separated(_ bytes: borrowing Span<UInt8>, year: Int) -> CivilTime? {
    let start = index
    let sign = index < end ? bytes[index] : 0
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "/") || sign == UInt8(ascii: ".") {
      index += 1
      guard let month = number(bytes, most: 2), take(sign, bytes), let day = number(bytes, most: 2) else { return nil }
      return year > 99 ? CivilTime(year: year, month: month, day: day) : nil
    }
    guard start < end, take("年", bytes), let month = number(bytes, most: 2), take("月", bytes),
      let day = number(bytes, most: 2)
    else { return nil }
    if !take("日", bytes) { _ = take("号", bytes) }
    return year > 99 ? CivilTime(year: year, month: month, day: day) : nil
  }

  /// The time behind the date, when there is one.
  private mutating func time(_ bytes: borrowing Span<UInt8>, _ date: CivilTime) -> CivilTime? {
    guard index < end else { return date }
    var moment = date
    if !take(UInt8(ascii: "T"), bytes) { index = Blanks.skip(bytes, from: index, to: end) }
    guard let hour = number(bytes, most: 2) else { return nil }
    moment.hour = hour
    if take("时", bytes) || take("点", bytes) {
      guard index < end else { return moment }
    } else {
      guard take(UInt8(ascii: ":"), bytes) || take("：", bytes) else { return nil }
    }
    guard let minute = number(bytes, most: 2) else { return nil }
    moment.minute = minute
    if take("分", bytes), index == end { return moment }
    if take(UInt8(ascii: ":"), bytes) || take("：", bytes) || (index < end && bytes[index] & 0xF0 == 0x30) {
      guard let second = number(bytes, most: 2) else { return nil }
      moment.second = second
      _ = take("秒", bytes)
      if take(UInt8(ascii: "."), bytes), number(bytes, most: 9) == nil { return nil }
    }
    return zone(bytes) ? moment : nil
  }

  /// `Z`, `+08:00`, `+0800` or nothing.
  private mutating func zone(_ bytes: borrowing Span<UInt8>) -> Bool {
    if index == end || take(UInt8(ascii: "Z"), bytes) { return true }
    guard take(UInt8(ascii: "+"), bytes) || take(UInt8(ascii: "-"), bytes), number(bytes, most: 4) != nil else {
      return false
    }
    return take(UInt8(ascii: ":"), bytes) ? number(bytes, most: 2) != nil : true
  }

  /// One to `most` digits; nil when none or more stand there.
  private mutating func number(_ bytes: borrowing Span<UInt8>, most: Int) -> Int? {
    let start = index
    var value = 0
    while index < end, (0x30...0x39).contains(bytes[index]) {
      guard index - start < most else { return nil }
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return index > start ? value : nil
  }

  private mutating func take(_ sign: UInt8, _ bytes: borrowing Span<UInt8>) -> Bool {
    guard index < end, bytes[index] == sign else { return false }
    index += 1
    return true
  }

  /// A Chinese sign of three bytes.
  private mutating func take(_ sign: Unicode.Scalar, _ bytes: borrowing Span<UInt8>) -> Bool {
    guard index + 3 <= end else { return false }
    let value = sign.value
    guard bytes[index] == UInt8(0xE0 | (value >> 12)), bytes[index + 1] == UInt8(0x80 | (value >> 6 & 0x3F)),
      bytes[index + 2] == UInt8(0x80 | (value & 0x3F))
    else { return false }
    index += 3
    return true
  }

  private func days(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
