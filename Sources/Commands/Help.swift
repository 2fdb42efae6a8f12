/// The texts of `--help`.
enum Help {
  static var overview: String {
    let width = Command.all.map(\.name.count).max() ?? 0
    let lines = Command.all.map { command in
      "  " + command.name + String(repeating: " ", count: width - command.name.count + 2) + command.caption
    }
    return """
      qunfa (群发): batch SMS campaigns, each message sent at most once and every row accounted for.

      Usage: qunfa [-C DIR] COMMAND …

      \(lines.joined(separator: "\n"))

      -C DIR is the workspace, the folder that holds qunfa.toml (default: the current folder).
      'qunfa COMMAND --help' says more about a command. 'qunfa init' makes a workspace to try.
      """
  }

  static func text(_ command: Command) -> String {
    let options = command.options + Command.common
    let heads = options.map { $0.name + ($0.value.map { " " + $0 } ?? "") }
    let width = heads.map(\.count).max() ?? 0
    let lines = zip(heads, options).map { (head: String, option: Command.Option) -> String in
      let blanks = String(repeating: " ", count: width - head.count + 2)
      return "  \(head)\(blanks)\(option.caption)" + (option.repeats ? " (may stand several times)" : "")
    }
    let required = command.options.filter(\.isRequired).map { " \($0.name) \($0.value ?? "")" }.joined()
    let operands = command.operands.isEmpty ? "" : " " + command.operands
    return """
      \(command.caption)

      Usage: qunfa [-C DIR] \(command.name)\(required)\(operands) [OPTIONS]
      \(command.details.isEmpty ? "" : "\n" + command.details + "\n")
      \(lines.joined(separator: "\n"))

      Example: \(command.example)
      """
  }
}
