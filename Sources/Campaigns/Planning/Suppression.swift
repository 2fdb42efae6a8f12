public import Configuration
public import Ledger
public import Messaging
public import Platform
import Tables

/// The numbers that get nothing: suppression files and the opt-outs in the ledger.
public struct Suppression: Sendable {
  public private(set) var numbers = NumberSet()
  /// Every file read with its SHA-256; opt-outs are no file.
  public private(set) var files: [(name: String, sha256: String)] = []
  /// Lists that were not found and lines that hold no number.
  public private(set) var warnings: [Diagnostic] = []

  public init(_ configuration: Configuration, _ store: WorkspaceStore) throws(RunError) {
    var numbers = NumberSet()
    try onLedger { () throws(LedgerError) in try store.forEachOptOut { numbers.insert($0.number) } }
    self.numbers = numbers
    // Patterns may overlap.
    var read: Set<String> = []
    for file in configuration.suppression.files {
      let matches = try mapping({ () throws(FileError) in try file.matches() }) { RunError(.input, $0.diagnostic) }
      if matches.isEmpty {
        warnings.append(
          Diagnostic(
            "'\(file.name)' matches no file: nobody is suppressed by it", severity: .warning, at: file.place,
            expected: "a list of numbers, relative to the workspace"))
      }
      for path in matches where read.insert(Files.identity(path)).inserted {
        try add(path, named: configuration.relative(path), home: .mainland)
      }
    }
  }

  /// Adds the numbers of a CSV file or a plain list, one number a line, in any written form.
  private mutating func add(_ path: String, named name: String, home: Region) throws(RunError) {
    let list = try NumberList(path: path, home: home)
    for number in list.numbers { numbers.insert(number) }
    files.append((name, Digest.hex(list.digest)))
    if list.unreadable > 0 {
      warnings.append(
        Diagnostic(
          amount(list.unreadable, "line holds", "lines hold") + " no number", severity: .warning, at: Place(file: path))
      )
    }
  }
}

/// The numbers of a file: of a table's one column that holds numbers, or of a plain list.
public struct NumberList: Sendable {
  public private(set) var numbers: [UInt64] = []
  /// Cells that hold something that is no number.
  public private(set) var unreadable = 0
  /// SHA-256 of the file.
  public private(set) var digest: [UInt8] = []

  /// - Throws: when the file cannot be read, or none of its columns holds numbers although it has rows.
  public init(path: String, home: Region) throws(RunError) {
    var reader = try onTable { () throws(TableError) in try TableReader(path: path) }
    var header = Fields()
    for name in reader.header {
      header.append(Array(name.utf8).span)
      header.endField()
    }
    // A list without a header starts with a number; then its first line is one, too.
    let first = (0..<header.count).first { NumberList.number(header[$0], home) != nil }
    var column = first ?? NumberList.named(reader.header)
    if let first, let number = NumberList.number(header[first], home) { numbers.append(number) }
    var fields = Fields()
    while try onTable({ () throws(TableError) in try reader.next(into: &fields) }) {
      if column == nil { column = (0..<fields.count).first { NumberList.number(fields[$0], home) != nil } }
      guard let column, column < fields.count else {
        unreadable += 1
        continue
      }
      if let number = NumberList.number(fields[column], home) {
        numbers.append(number)
      } else if !fields.isEmpty(column) {
        unreadable += 1
      }
    }
    digest = reader.digest ?? []
    if numbers.isEmpty, unreadable > 0 {
      throw RunError(
        .input,
        Diagnostic(
          "no phone number was found in \(amount(unreadable, "line"))", at: Place(file: path),
          expected: "a number a line, or a CSV file with a column of numbers"))
    }
  }

  private static func number(_ field: borrowing Span<UInt8>, _ home: Region) -> UInt64? {
    if case .valid(let number, _) = PhoneNumber.judge(field, home: home) { return number }
    return nil
  }

  private static func named(_ header: [String]) -> Int? {
    let names = ["phone", "mobile", "手机号", "手机", "号码", "手机号码", "电话"]
    return header.firstIndex { names.contains($0.lowercased()) }
  }
}
