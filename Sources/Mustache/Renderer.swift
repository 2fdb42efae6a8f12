import JSON
import Platform

/// Merges a template over JSON values: names are looked up in a stack of contexts, innermost first.
struct Renderer: ~Copyable, Expansion {
  let template: Template
  var walk = Walk()
  var out = ByteBuffer(capacity: 1024)

  private let html: Bool
  private let strict: Bool
  private var stack: [JSON]

  init(template: Template, data: JSON, html: Bool, strict: Bool) {
    self.template = template
    self.html = html
    self.strict = strict
    stack = [data]
  }

  mutating func put(_ text: [UInt8]) throws(MergeFault) {
    out.append(text)
    guard out.count <= Limits.mergedBytes else {
      throw beyondBound("a merged text that is too long", "at most \(Limits.mergedBytes) bytes")
    }
  }

  mutating func put(_ variable: Variable) throws(MergeFault) {
    let start = out.count
    append(find(variable.name))
    let missing = Blanks.fill(out.span, from: start)
    if missing, strict, !variable.hasDefault { throw noValue(variable.name, variable.spot) }
    if let failed = variable.formatters.span.apply(to: &out, from: start) {
      throw MergeFault(
        .badValue(name: variable.name.text, formatter: failed.name),
        "the value of '\(shown(variable.name.text))' is nothing that '\(failed.name)' can read",
        at: template.place(variable.spot))
    }
    if html, variable.escapes { escape(from: start) }
    try put([])
  }

  mutating func enter(_ section: Section, _ around: Surroundings) throws(MergeFault) {
    let value = find(section.name)
    let truthy = value?.isTruthy ?? false
    guard truthy != section.inverted else { return }
    guard truthy, let value else { return try run(section.children, around) }
    for element in value.elements ?? [value] {
      stack.append(element)
      try run(section.children, around)
      stack.removeLast()
    }
  }

  mutating func include(dynamic name: Name, _ inclusion: Inclusion, _ around: Surroundings) throws(MergeFault) {
    let start = out.count
    append(find(name))
    let partial = out.span.extracting(start...).text.trimmed
    out.truncate(to: start)
    if partial.isEmpty, strict { throw noValue(name, inclusion.spot) }
    guard let file = template.partials[partial] else {
      guard strict else { return }
      throw MergeFault(
        .missing(name: name.text), "the value of '\(shown(name.text))' names no partial",
        at: template.place(inclusion.spot))
    }
    try include(file: file, inclusion, around)
  }

  func noPartial(_ name: String, at spot: Spot) throws(MergeFault) {
    guard strict else { return }
    throw MergeFault(.missing(name: name), "no partial '\(shown(name))'", at: template.place(spot))
  }

  func beyondBound(_ found: String, _ expected: String) -> MergeFault {
    MergeFault(.bound, found, at: template.place(walk.spot), expected: expected)
  }

  private func noValue(_ name: Name, _ spot: Spot) -> MergeFault {
    MergeFault(
      .missing(name: name.text), "no value for '\(shown(name.text))'", at: template.place(spot),
      next: "Give it a value, or write a default into the template: {{\(shown(name.text))|default:…}}.")
  }

  /// The first part of a dotted name is looked for in all contexts, the others only in what the part before gave.
  private func find(_ name: Name) -> JSON? {
    guard let first = name.parts.first else { return stack.last }
    var value = stack.reversed().lazy.compactMap { $0[first] }.first
    for part in name.parts.dropFirst() { value = value?[part] }
    return value
  }

  /// Text as it is, numbers by their digits, null as nothing, lists and objects as JSON.
  private mutating func append(_ value: JSON?) {
    switch value {
    case nil, .null: break
    case .string(let text), .number(let text): out.append(text)
    case .boolean, .array, .object: value?.write(into: &out)
    }
  }

  private mutating func escape(from start: Int) {
    let value = out.span.extracting(start...).array
    out.truncate(to: start)
    for byte in value {
      switch byte {
      case UInt8(ascii: "&"): out.append("&amp;" as StaticString)
      case UInt8(ascii: "<"): out.append("&lt;" as StaticString)
      case UInt8(ascii: ">"): out.append("&gt;" as StaticString)
      case UInt8(ascii: "\""): out.append("&quot;" as StaticString)
      case UInt8(ascii: "'"): out.append("&#39;" as StaticString)
      default: out.append(byte)
      }
    }
  }
}

extension JSON {
  /// Null, false, the empty list, and text without anything to see are falsey; everything else, 0 as well, is truthy.
  fileprivate var isTruthy: Bool {
    switch self {
    case .null: false
    case .boolean(let value): value
    case .string(let text): !Blanks.fill(Array(text.utf8).span)
    case .array(let elements): !elements.isEmpty
    case .number, .object: true
    }
  }
}
