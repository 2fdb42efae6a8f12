public import Platform
import CJSON

/// A JSON value as it stands in the text: numbers keep their digits, because gateways' ids do not fit a Double, and
/// members keep their order and their repetitions.
public enum JSON: Sendable, Equatable {
  case null
  case boolean(Bool)
  /// The number's own characters.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A name and its value, in the order of the text.
  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

/// A text that is not JSON. `offset` counts bytes from 0.
public struct JSONError: Explained, Equatable {
  public var offset: Int
  public var diagnostic: Diagnostic {
    Diagnostic("not JSON at byte \(offset)", expected: "a JSON text (RFC 8259)")
  }
}

extension JSON {
  /// Reads one JSON text. Accepts a comma before a closing bracket, which some gateways send; refuses anything behind
  /// the value, invalid UTF-8, and more than `Limits.jsonDepth` levels.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var builder = Builder()
    let failed = unsafe withUnsafeMutablePointer(to: &builder) { state in
      unsafe qunfa_json_read(bytes, bytes.count, UnsafeMutableRawPointer(state)) { state, kind, text, length in
        let builder = unsafe state!.assumingMemoryBound(to: Builder.self)
        let characters = unsafe UnsafeRawBufferPointer(start: text, count: length)
        return unsafe builder.pointee.take(kind, String(decoding: characters, as: UTF8.self)) ? 1 : 0
      }
    }
    guard failed < 0, let value = builder.finished else { throw JSONError(offset: max(0, failed)) }
    self = value
  }

  public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }

  /// The member of that name; the last one when it stands there twice.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// The member of that name whatever its letters' case (ASCII).
  public subscript(anyCase name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    if let exact = members.last(where: { $0.name == name }) { return exact.value }
    let wanted = name.lowercased()
    return members.last { $0.name.lowercased() == wanted }?.value
  }

  public var elements: [JSON]? {
    if case .array(let elements) = self { return elements }
    return nil
  }

  /// A string's characters or a number's digits: for values that vendors write in either form.
  public var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }
}

/// Puts the reader's events together.
private struct Builder {
  private enum Level {
    case array([JSON])
    case object([JSON.Member], name: String?)
  }
  private var open: [Level] = []
  private(set) var finished: JSON?

  /// False ends the reading.
  mutating func take(_ kind: Int32, _ text: String) -> Bool {
    switch UInt32(bitPattern: kind) {
    case QUNFA_JSON_NULL.rawValue: return add(.null)
    case QUNFA_JSON_TRUE.rawValue: return add(.boolean(true))
    case QUNFA_JSON_FALSE.rawValue: return add(.boolean(false))
    case QUNFA_JSON_NUMBER.rawValue: return add(.number(text))
    case QUNFA_JSON_STRING.rawValue: return add(.string(text))
    case QUNFA_JSON_NAME.rawValue: return name(text)
    case QUNFA_JSON_BEGIN_OBJECT.rawValue: return begin(.object([], name: nil))
    case QUNFA_JSON_BEGIN_ARRAY.rawValue: return begin(.array([]))
    default: return end()
    }
  }

  private mutating func begin(_ level: Level) -> Bool {
    guard open.count < Limits.jsonDepth else { return false }
    open.append(level)
    return true
  }

  private mutating func name(_ text: String) -> Bool {
    guard case .object(let members, _)? = open.popLast() else { return false }
    open.append(.object(members, name: text))
    return true
  }

  private mutating func end() -> Bool {
    switch open.popLast() {
    case .array(let elements)?: add(.array(elements))
    case .object(let members, _)?: add(.object(members))
    case nil: false
    }
  }

  private mutating func add(_ value: JSON) -> Bool {
    switch open.popLast() {
    case nil: finished = value
    case .array(var elements)?:
      elements.append(value)
      open.append(.array(elements))
    case .object(var members, let name)?:
      guard let name else { return false }
      members.append(JSON.Member(name, value))
      open.append(.object(members, name: nil))
    }
    return true
  }
}

// MARK: - Writing

extension JSON {
  /// The value as compact JSON text.
  public var serialized: String {
    var buffer = ByteBuffer()
    write(into: &buffer)
    return buffer.span.text
  }

  /// The value over several lines, two blanks a level, for people.
  public var pretty: String {
    var buffer = ByteBuffer()
    write(into: &buffer, indent: 0)
    return buffer.span.text
  }

  /// Appends the value as JSON; `indent` is the depth for readable texts, nil for one line.
  public func write(into buffer: inout ByteBuffer, indent: Int? = nil) {
    switch self {
    case .null: buffer.append("null" as StaticString)
    case .boolean(let value): buffer.append(value ? "true" as StaticString : "false")
    case .number(let digits): buffer.append(digits)
    case .string(let text): JSON.write(text: Array(text.utf8).span, into: &buffer)
    case .array(let elements):
      JSON.write(elements.count, "[", "]", into: &buffer, indent: indent) { index, buffer, deeper in
        elements[index].write(into: &buffer, indent: deeper)
      }
    case .object(let members):
      JSON.write(members.count, "{", "}", into: &buffer, indent: indent) { index, buffer, deeper in
        JSON.write(text: Array(members[index].name.utf8).span, into: &buffer)
        buffer.append(deeper == nil ? ":" as StaticString : ": ")
        members[index].value.write(into: &buffer, indent: deeper)
      }
    }
  }

  private static func write(
    _ count: Int, _ opening: StaticString, _ closing: StaticString, into buffer: inout ByteBuffer, indent: Int?,
    _ element: (Int, inout ByteBuffer, Int?) -> Void
  ) {
    let deeper = indent.map { $0 + 1 }
    buffer.append(opening)
    for index in 0..<count {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      if let deeper { buffer.append("\n" + String(repeating: "  ", count: deeper)) }
      element(index, &buffer, deeper)
    }
    if count > 0, let indent { buffer.append("\n" + String(repeating: "  ", count: indent)) }
    buffer.append(closing)
  }

  /// Appends UTF-8 `text` as a JSON string with its quotes.
  public static func write(text: borrowing Span<UInt8>, into buffer: inout ByteBuffer) {
    buffer.append(UInt8(ascii: "\""))
    for index in 0..<text.count {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\""): buffer.append("\\\"" as StaticString)
      case UInt8(ascii: "\\"): buffer.append("\\\\" as StaticString)
      case 0x0A: buffer.append("\\n" as StaticString)
      case 0x0D: buffer.append("\\r" as StaticString)
      case 0x09: buffer.append("\\t" as StaticString)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        buffer.append("\\u00" as StaticString)
        buffer.append(digits[Int(byte >> 4)])
        buffer.append(digits[Int(byte & 15)])
      default: buffer.append(byte)
      }
    }
    buffer.append(UInt8(ascii: "\""))
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .string(text) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map { Member($0.0, $0.1) }) }
  public init(_ value: Int) { self = .number(String(value)) }
}
