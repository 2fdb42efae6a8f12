public import Platform

/// What a variable without value does to its row (`missing` in campaign.toml).
public enum MissingValue: String, Sendable {
  case reject
  case empty
}

/// How the merge of one row ended. In all cases but `merged` the buffer is as before.
public enum MergeResult: Sendable, Equatable {
  case merged
  /// A variable's field is empty or only blanks, and there is no `default`.
  case missing(column: Int)
  /// A formatter (or a dynamic partial, `formatter` is then `partial`) cannot use the field.
  case badValue(column: Int, formatter: String)
  /// More than `Limits.mergedBytes`.
  case tooLong

  /// A phrase for `rejected.csv`; nil for `merged`. Never quotes the value.
  public func detail(columns: [String]) -> String? {
    func word(_ column: Int) -> String { column < columns.count ? shown(columns[column].trimmed) : "\(column + 1)" }
    switch self {
    case .merged: return nil
    case .missing(let column): return "no value in column '\(word(column))'"
    case .badValue(let column, "partial"): return "column '\(word(column))' names no partial that fits"
    case .badValue(let column, let formatter): return "column '\(word(column))' has no value that '\(formatter)' reads"
    case .tooLong: return "the text is longer than \(Limits.mergedBytes) bytes"
    }
  }
}

/// One operation on a row.
struct RowStep: Sendable {
  enum Kind: UInt8, Sendable {
    /// Append the fixed text from `first` to `second`.
    case text
    /// Append the field.
    case field
    /// Append the field, shaped by the formatters from `first` to `second`.
    case formatted
    /// Go on at `first` when the field is blank, or when it is not.
    case ifBlank, unlessBlank
    /// Go on where choice list `first` says for the field's value; at `second` when it may be nothing.
    case choice
    /// Go on at `first`.
    case jump
  }

  let kind: Kind
  let column: Int32
  var first: Int32
  var second: Int32

  init(_ kind: Kind, column: Int = 0, first: Int = 0, second: Int = 0) {
    self.kind = kind
    self.column = Int32(column)
    self.first = Int32(first)
    self.second = Int32(second)
  }
}

/// A partial that a dynamic name may mean, and where it starts; nil when it does not fit the table.
struct RowChoice: Sendable {
  let name: [UInt8]
  let step: Int?
}

struct RowProgram: Sendable {
  var steps: [RowStep] = []
  var text: [UInt8] = []
  var formatters: [Formatter] = []
  var choices: [[RowChoice]] = []
  var columns: Set<Int> = []
}

/// A template bound to a table's columns: merges a row without Strings and without new memory (formatters look at a
/// value as a String only when they count characters other than ASCII and Chinese).
public struct RowTemplate: Sendable {
  /// The columns that variables, sections and dynamic names look at, ascending.
  public let columnsUsed: [Int]
  /// Whether every row gives the same text.
  public var isConstant: Bool { columnsUsed.isEmpty }
  /// Whether the template's own text holds line feeds.
  public let hasLineBreaks: Bool

  private let program: RowProgram
  private let rejects: Bool

  init(_ program: RowProgram, missing: MissingValue) {
    self.program = program
    rejects = missing == .reject
    columnsUsed = program.columns.sorted()
    hasLineBreaks =
      program.text.contains(0x0A)
      || program.formatters.contains {
        if case .fallback(let text) = $0 { return text.contains(0x0A) }
        return false
      }
  }

  /// Appends the text of one row.
  public func merge(_ fields: borrowing Fields, into out: inout ByteBuffer) -> MergeResult {
    let start = out.count
    let result = run(fields, &out)
    if result != .merged { out.truncate(to: start) }
    return result
  }

  private func run(_ fields: borrowing Fields, _ out: inout ByteBuffer) -> MergeResult {
    let steps = program.steps.span
    let text = program.text.span
    let most = out.count + Limits.mergedBytes
    var index = 0
    // Jumps only go forward, so this ends.
    while index < steps.count {
      let step = steps[index]
      let column = Int(step.column)
      index += 1
      switch step.kind {
      case .text: out.append(text.extracting(Int(step.first)..<Int(step.second)))
      case .field:
        if isBlank(column, fields) {
          if rejects { return .missing(column: column) }
        } else {
          out.append(fields[column])
        }
      case .formatted:
        let range = Int(step.first)..<Int(step.second)
        let result = format(program.formatters.span.extracting(range), column, fields, &out)
        if result != .merged { return result }
      case .ifBlank: if isBlank(column, fields) { index = Int(step.first) }
      case .unlessBlank: if !isBlank(column, fields) { index = Int(step.first) }
      case .jump: index = Int(step.first)
      case .choice:
        guard !isBlank(column, fields) || !rejects else { return .missing(column: column) }
        guard let next = choose(step, fields) else { return .badValue(column: column, formatter: "partial") }
        index = next
      }
      if out.count > most { return .tooLong }
    }
    return .merged
  }

  @inline(__always) private func isBlank(_ column: Int, _ fields: borrowing Fields) -> Bool {
    // A record with too few fields is malformed and does not come here; if it did, it would have no value.
    column >= fields.count || Blanks.fill(fields[column])
  }

  private func format(
    _ formatters: borrowing Span<Formatter>, _ column: Int, _ fields: borrowing Fields, _ out: inout ByteBuffer
  ) -> MergeResult {
    let start = out.count
    if column < fields.count { out.append(fields[column]) }
    if let failed = formatters.apply(to: &out, from: start) {
      return .badValue(column: column, formatter: failed.name)
    }
    guard Blanks.fill(out.span, from: start) else { return .merged }
    if rejects, !formatters.hasDefault { return .missing(column: column) }
    return .merged
  }

  /// Where to go on for a dynamic name; nil when its value is no partial that fits.
  private func choose(_ step: RowStep, _ fields: borrowing Fields) -> Int? {
    let column = Int(step.column)
    guard !isBlank(column, fields) else { return Int(step.second) }
    let value = fields[column]
    let wanted = value.extracting(Blanks.trim(value, 0..<value.count))
    for choice in program.choices[Int(step.first)] where wanted.isEqual(to: choice.name.span) { return choice.step }
    return rejects ? nil : Int(step.second)
  }
}
