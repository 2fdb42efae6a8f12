import CTOML
import Platform

/// Reads TOML 1.0.0 by toml++ and keeps the place of every key and value.
public enum TOMLDocument {
  /// The root table of a document.
  ///
  /// - Parameter file: the name that places and errors carry.
  /// - Throws: when the bytes are more than `Limits.configurationBytes`, not UTF-8, or not TOML.
  public static func parse(_ bytes: [UInt8], file: String) throws(TOMLError) -> TOMLTable {
    guard bytes.count <= Limits.configurationBytes else {
      throw TOMLError(.tooLong, at: Place(file: file), words: "\(bytes.count) bytes")
    }
    if let deep = placeOfDeepKey(in: bytes) {
      throw TOMLError(.tooDeep, at: Place(file: file, line: deep.line, column: deep.column), words: "")
    }
    var builder = TreeBuilder(file: file)
    var fault = qunfa_toml_fault()
    let read = unsafe withUnsafeMutablePointer(to: &builder) { state in
      unsafe qunfa_toml_read(bytes, bytes.count, UnsafeMutableRawPointer(state), takeEvent, &fault)
    }
    guard read == 1, let root = builder.root else {
      let place = Place(file: file, line: Int(fault.line), column: Int(fault.column))
      let words = unsafe withUnsafeBytes(of: &fault.message) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw TOMLError(.syntax, at: place, words: words)
    }
    return root
  }

  /// Reads and parses the file at `path`.
  ///
  /// - Parameter name: the name that places and errors carry; nil takes `path`.
  public static func read(_ path: String, as name: String? = nil) throws(TOMLError) -> TOMLTable {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: Limits.configurationBytes)
    } catch {
      throw TOMLError(file: error, at: Place(file: name ?? path))
    }
    return try parse(bytes, file: name ?? path)
  }
}

/// Bridges the C callback to the builder that `state` points at; it lives as long as the call of `qunfa_toml_read`.
private func takeEvent(_ state: UnsafeMutableRawPointer?, _ event: UnsafePointer<qunfa_toml_event>?) {
  guard let state = unsafe state, let event = unsafe event else { return }
  let builder = unsafe state.assumingMemoryBound(to: TreeBuilder.self)
  unsafe builder.pointee.take(event.pointee)
}

/// Puts the reader's events together.
private struct TreeBuilder {
  private enum Level {
    case table(TOMLTable)
    case array([TOMLNode], Place)
  }
  private let file: String
  private var open: [Level] = []
  /// Keys whose values have not come yet, one for each open table that waits.
  private var keys: [(name: String, place: Place)] = []
  private(set) var root: TOMLTable?

  init(file: String) { self.file = file }

  mutating func take(_ event: qunfa_toml_event) {
    let place = unsafe Place(file: file, line: Int(event.line), column: Int(event.column))
    switch unsafe UInt32(bitPattern: event.kind) {
    case QUNFA_TOML_BEGIN_TABLE.rawValue: open.append(.table(TOMLTable(at: place)))
    case QUNFA_TOML_BEGIN_ARRAY.rawValue: open.append(.array([], place))
    case QUNFA_TOML_END_TABLE.rawValue, QUNFA_TOML_END_ARRAY.rawValue: end()
    case QUNFA_TOML_KEY.rawValue: keys.append((unsafe text(of: event), place))
    case QUNFA_TOML_STRING.rawValue: add(TOMLNode(.string(unsafe text(of: event)), at: place))
    case QUNFA_TOML_INTEGER.rawValue: add(TOMLNode(.integer(unsafe event.integer), at: place))
    case QUNFA_TOML_FLOAT.rawValue: add(TOMLNode(.float(unsafe event.number), at: place))
    case QUNFA_TOML_BOOLEAN.rawValue: add(TOMLNode(.boolean(unsafe event.integer != 0), at: place))
    default: add(TOMLNode(.moment(moment(unsafe event.moment)), at: place))
    }
  }

  private mutating func end() {
    switch open.popLast() {
    case .table(var table)?:
      // toml++ sorts keys; the places tell the document's order.
      table.entries.sort { order($0.place) < order($1.place) }
      if open.isEmpty { root = table } else { add(TOMLNode(.table(table), at: table.place)) }
    case .array(let nodes, let place)?: add(TOMLNode(.array(nodes), at: place))
    case nil: break
    }
  }

  private mutating func add(_ node: TOMLNode) {
    switch open.popLast() {
    case .table(var table)?:
      if let key = keys.popLast() { table.entries.append(TOMLTable.Entry(key.name, at: key.place, node)) }
      open.append(.table(table))
    case .array(var nodes, let place)?:
      nodes.append(node)
      open.append(.array(nodes, place))
    case nil: break
    }
  }

  private func order(_ place: Place) -> (Int, Int) { (place.line ?? 0, place.column ?? 0) }

  private func text(of event: qunfa_toml_event) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(start: event.text, count: event.length), as: UTF8.self)
  }

  private func moment(_ parts: qunfa_toml_moment) -> TOMLMoment {
    var moment = TOMLMoment()
    if parts.has_date != 0 {
      moment.day = .init(year: Int(parts.year), month: Int(parts.month), day: Int(parts.day))
    }
    if parts.has_time != 0 {
      moment.time = .init(
        hour: Int(parts.hour), minute: Int(parts.minute), second: Int(parts.second), nanosecond: Int(parts.nanosecond))
    }
    if parts.has_offset != 0 { moment.offsetMinutes = Int(parts.offset_minutes) }
    return moment
  }
}
