import Campaigns
import Platform

/// One command of the tool: its words, its options, and what it does with them.
struct Command: Sendable {
  struct Option: Sendable {
    /// With its dashes: `--gateway`.
    var name: String
    /// What follows it, in capitals; nil for a switch.
    var value: String?
    var repeats = false
    /// Whether the command needs it; the usage line shows it then.
    var isRequired = false
    /// One line for `--help`.
    var caption: String

    init(
      _ name: String, value: String? = nil, repeats: Bool = false, isRequired: Bool = false, _ caption: String
    ) {
      self.name = name
      self.value = value
      self.repeats = repeats
      self.isRequired = isRequired
      self.caption = caption
    }
  }

  var name: String
  /// One line for the list of commands.
  var caption: String
  /// What stands behind the name: `CAMPAIGN`, `[DIR]`, `[GATEWAY…]`.
  var operands: String
  /// How many operands there may be.
  var operandCount: ClosedRange<Int>
  var options: [Option] = []
  /// A few lines that say more, for `--help`.
  var details = ""
  /// A command line that works in the sample workspace.
  var example: String
  var run: @Sendable (Invocation) throws(RunError) -> ExitCode

  /// Options that every command has.
  static let common = [
    Option("--json", "One JSON object on standard output instead of text for people"),
    Option("--quiet", "Nothing but errors on standard error"),
    Option("--verbose", "More on standard error"),
    Option("--help", "These lines"),
  ]

  static let all: [Command] = [
    .initialize, .plan, .send, .pull, .listen, .importReports, .reconcile, .report, .status, .balance,
    .cancel, .resolve, .verify, .optOut, .render, .sandbox,
  ]
}

/// A command line that was understood.
struct Invocation: Sendable {
  var command: String
  /// The workspace's folder (`-C DIR`, else the current one).
  var folder: String
  var operands: [String]
  private var values: [String: [String]]
  let console: Console

  init(command: String, folder: String, operands: [String], values: [String: [String]], console: Console) {
    self.command = command
    self.folder = folder
    self.operands = operands
    self.values = values
    self.console = console
  }

  func has(_ option: String) -> Bool { values[option] != nil }
  func value(_ option: String) -> String? { values[option]?.last }
  func all(_ option: String) -> [String] { values[option] ?? [] }
  var wantsJSON: Bool { has("--json") }

  /// The value of a required option.
  func required(_ option: String) throws(RunError) -> String {
    guard let value = value(option) else {
      throw RunError(
        .usage,
        Diagnostic("the option \(option) is missing", next: "See 'qunfa \(command) --help'."))
    }
    return value
  }

  /// An option's whole number.
  func integer(_ option: String, in range: ClosedRange<Int>) throws(RunError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw RunError(
        .usage,
        Diagnostic(
          "found '\(text)' for \(option)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"))
    }
    return number
  }
}
