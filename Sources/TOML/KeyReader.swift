public import Platform

/// Reads a table key by key, by type, and tells every fault instead of stopping at the first.
///
/// A read returns nil when the key is absent or its value is faulty; a fault is noted in `faults`, and `finish()` adds
/// the keys that nobody asked for. So a caller reads everything, then looks whether `faults.isEmpty`.
///
///     var reader = KeyReader(table, faults: faults)
///     let port = reader.integer("port", in: 0...65_535) ?? 8800
///     reader.finish()
public struct KeyReader {
  public enum Need: Sendable { case optional, required }

  public let table: TOMLTable
  public let faults: Faults
  /// The table's name for messages: `gateways.juhe-main`; empty for the root.
  public let name: String
  private var asked: [String] = []

  public init(_ table: TOMLTable, faults: Faults, name: String = "") {
    self.table = table
    self.faults = faults
    self.name = name
  }

  /// The keys in the order of the document.
  public var keys: [String] { table.entries.map(\.key) }

  public func has(_ key: String) -> Bool { table.entry(key) != nil }

  /// Where the key's value stands; the table's place when it is absent.
  public func place(of key: String) -> Place { table[key]?.place ?? table.place }

  /// Where the key itself stands; the table's place when it is absent.
  public func keyPlace(of key: String) -> Place { table.entry(key)?.place ?? table.place }

  /// Marks a key as known without reading it.
  public mutating func know(_ key: String) {
    if !asked.contains(key) { asked.append(key) }
  }

  /// Notes a fault at the key's value.
  public func fault(_ key: String, found: String, expected: String? = nil, next: String? = nil) {
    faults.report(Diagnostic(found, at: place(of: key), expected: expected, next: next))
  }

  /// Notes a key that should be there.
  public func missing(_ key: String, expected: String? = nil, next: String? = nil) {
    faults.report(Diagnostic("missing key '\(key)'\(whereabouts)", at: table.place, expected: expected, next: next))
  }

  /// ` in [name]`, empty for the root table.
  public var whereabouts: String { name.isEmpty ? "" : " in [\(name)]" }

  /// The value as it stands, whatever its type.
  public mutating func node(_ key: String, _ need: Need = .optional, expected: String = "a value") -> TOMLNode? {
    know(key)
    if let node = table[key] { return node }
    if need == .required { missing(key, expected: expected) }
    return nil
  }

  /// Notes every key that was not asked for.
  ///
  /// - Parameter explain: a message for keys that are known elsewhere, tried before the nearest key is offered.
  public func finish(explain: (String) -> (found: String, next: String)? = { _ in nil }) {
    for entry in table.entries where !asked.contains(entry.key) {
      if faults.isFull { return }
      if let words = explain(entry.key) {
        faults.report(Diagnostic(words.found, at: entry.place, expected: knownKeys, next: words.next))
      } else if let meant = nearest(to: entry.key, among: asked) {
        let found = "unknown key '\(visible(entry.key))'\(whereabouts); did you mean '\(meant)'?"
        faults.report(Diagnostic(found, at: entry.place, next: "Expected \(knownKeys)."))
      } else {
        faults.report(
          Diagnostic("unknown key '\(visible(entry.key))'\(whereabouts)", at: entry.place, expected: knownKeys))
      }
    }
  }

  private var knownKeys: String {
    asked.count == 1 ? "'\(asked[0])'" : "one of \(asked.sorted().joined(separator: ", "))"
  }
}
