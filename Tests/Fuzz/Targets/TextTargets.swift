import JSON
import Messaging
import Mustache
import Platform

extension FuzzTarget {
  /// What is read and written again is the same value; nothing stands behind the value.
  static let json = FuzzTarget("json") { bytes in
    guard let value = try? JSON(parsing: bytes) else { return nil }
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0]
    guard let last = bytes.last(where: { !blanks.contains($0) }) else { return "an empty text is a value" }
    if bytes.contains(0), bytes.prefix(while: { $0 != 0 }).count < (bytes.lastIndex(of: last) ?? 0) {
      return "a NUL hides what stands behind it"
    }
    guard let again = try? JSON(parsing: value.serialized) else { return "what was written cannot be read" }
    if again != value { return "what was written is another value" }
    guard let pretty = try? JSON(parsing: value.pretty), pretty == value else { return "the pretty form differs" }
    return nil
  }

  /// A template and, behind the first NUL, a row's fields, parted by NULs: texts are UTF-8, bounded, and a row that is
  /// not merged leaves the buffer alone.
  static let template = FuzzTarget("template") { bytes in
    var input = Input(bytes)
    let source = input.part(before: 0)
    let columns = ["姓名", "金额", "日期", "a.b"]
    var fields = Fields()
    var members: [JSON.Member] = []
    for column in columns {
      let value = Array(input.part(before: 0).text.utf8)
      fields.append(value.span)
      fields.endField()
      members.append(JSON.Member(column, .string(value.text)))
    }
    let partials = Partials(
      names: { ["p"] },
      load: { (name) throws(TemplateError) in
        name == "p" ? TemplateSource(file: "p.mustache", bytes: source) : nil
      })
    guard let template = try? Template.compile(source, file: "t.mustache", partials: partials) else { return nil }
    var buffer = ByteBuffer()
    buffer.append("kept" as StaticString)
    for missing in [MissingValue.reject, .empty] {
      guard let bound = try? template.bind(columns: columns, missing: missing) else { continue }
      buffer.truncate(to: 4)
      let result = bound.merge(fields, into: &buffer)
      if let words = textFault(of: buffer.array, merged: result == .merged) { return words }
    }
    buffer.truncate(to: 4)
    for strict in [false, true] {
      buffer.truncate(to: 4)
      let merged: ()? = try? template.render(data: .object(members), html: strict, strict: strict, into: &buffer)
      if let words = textFault(of: buffer.array, merged: merged != nil) { return words }
    }
    return nil
  }

  private static func textFault(of bytes: [UInt8], merged: Bool) -> String? {
    guard bytes.starts(with: Array("kept".utf8)) else { return "what the buffer held is gone" }
    if !merged { return bytes.count == 4 ? nil : "a row that was not merged left something" }
    if bytes.count > Limits.mergedBytes + 4 { return "a merged text is longer than its bound" }
    return isUTF8(bytes) ? nil : "a merged text is not UTF-8"
  }

  /// Segments: none for an empty text, else at least as many as the units fill, and few more.
  static let texts = FuzzTarget("texts") { bytes in
    let text = Array(bytes.text.utf8)
    for rule in [SegmentRule.domestic, .international] {
      let counted = Segments.count(text.span, rule: rule)
      if text.isEmpty { return counted.segments == 0 ? nil : "an empty text has segments" }
      if counted.segments < 1 { return "a text without segments" }
      let bound = counted.units <= counted.encoding.single ? counted.encoding.single : counted.encoding.part
      let least = (counted.units + bound - 1) / bound
      if counted.segments < least { return "fewer segments than the units fill" }
      if counted.segments > least + 1 + least / 60 { return "more segments than pairs can cost" }
      if counted.encoding == .ucs2, counted.units != text.text.utf16.count { return "units are not UTF-16" }
      if counted.unitsInExcess < 0 { return "a negative excess" }
    }
    _ = UTF8Text.hasControls(text.span)
    return nil
  }

  /// A number that is accepted is accepted again as it is written, and masked it does not show.
  static let phone = FuzzTarget("phone", mostBytes: 64) { bytes in
    var input = Input(bytes)
    let homes = [Region.mainland] + ["HK", "US", "AU"].compactMap { Region($0) }
    let home = input.choice(of: homes)
    let field = Array(input.rest)
    guard case .valid(let number, _) = PhoneNumber.judge(field.span, home: home) else { return nil }
    if number < 10_000 || number > 999_999_999_999_999 { return "a number of a length that E.164 does not have" }
    let written = PhoneNumber.written(number)
    if PhoneNumber.masked(number).contains(written) { return "a masked number shows" }
    var buffer = ByteBuffer()
    PhoneNumber.append(number, to: &buffer)
    if buffer.span.text != written { return "a number is written in two ways" }
    guard case .valid(number, _) = PhoneNumber.judge(Array(written.utf8).span) else {
      return "a number as written is not the number"
    }
    return nil
  }

  /// Amounts: as written they are read as the same, and sums are exact.
  static let money = FuzzTarget("money", mostBytes: 64) { bytes in
    guard let amount = try? Money(parsing: bytes.text) else { return nil }
    guard let again = try? Money(parsing: amount.description), again == amount else {
      return "an amount as written is another one"
    }
    guard let double = try? amount + amount, let product = try? amount * 2 else { return nil }
    return double == product && (try? double - amount) == amount ? nil : "sums are not exact"
  }
}
