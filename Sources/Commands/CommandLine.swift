import Campaigns
import Platform

/// Runs a command line and returns the exit code.
/// - Parameter arguments: the program's name first.
public func run(_ arguments: [String]) -> Int32 {
  hardenProcess()
  return perform(arguments)
}

/// The same in a process that is left as it is.
func perform(_ arguments: [String]) -> Int32 {
  let console = Console()
  do throws(RunError) {
    return try CommandParser(console).run(Array(arguments.dropFirst())).rawValue
  } catch {
    for diagnostic in error.diagnostics { console.tell(diagnostic) }
    return error.code.rawValue
  }
}

/// Takes a command line apart.
struct CommandParser {
  private let console: Console

  init(_ console: Console) { self.console = console }

  func run(_ arguments: [String]) throws(RunError) -> ExitCode {
    var words = arguments[...]
    var folder = "."
    while let word = words.first, word.hasPrefix("-") {
      words.removeFirst()
      switch word {
      case "-C":
        guard let next = words.popFirst() else { throw usage("-C needs a folder") }
        folder = next
      case "--help", "-h":
        console.print(Help.overview)
        return .done
      case "--version":
        console.print("qunfa \(Manifest.toolVersion)")
        return .done
      default: throw usage("unknown option '\(word)'", near: nearest(to: word, among: ["--help", "--version", "-C"]))
      }
    }
    guard let name = words.popFirst() else {
      console.print(Help.overview)
      return .usage
    }
    if name == "help" {
      console.print(
        words.first.flatMap { name in Command.all.first { $0.name == name } }.map(Help.text) ?? Help.overview)
      return .done
    }
    guard let command = Command.all.first(where: { $0.name == name }) else {
      throw usage("unknown command '\(name)'", near: nearest(to: name, among: Command.all.map(\.name)))
    }
    guard let invocation = try invocation(of: command, words, folder) else {
      console.print(Help.text(command))
      return .done
    }
    return try command.run(invocation)
  }

  /// Nil when help is asked for.
  private func invocation(
    of command: Command, _ words: ArraySlice<String>, _ folder: String
  ) throws(RunError) -> Invocation? {
    let options = command.options + Command.common
    var values: [String: [String]] = [:]
    var operands: [String] = []
    var folder = folder
    var words = words
    var onlyOperands = false
    while var word = words.popFirst() {
      if onlyOperands || !word.hasPrefix("-") || word == "-" {
        operands.append(word)
        continue
      }
      if word == "--" {
        onlyOperands = true
        continue
      }
      if word == "-h" { word = "--help" }
      if word == "-C" {
        guard let next = words.popFirst() else { throw usage("-C needs a folder") }
        folder = next
        continue
      }
      var attached: String?
      if let equals = word.firstIndex(of: "=") {
        attached = String(word[word.index(after: equals)...])
        word = String(word[..<equals])
      }
      guard let option = options.first(where: { $0.name == word }) else {
        throw usage(
          "unknown option '\(word)' of '\(command.name)'", near: nearest(to: word, among: options.map(\.name)),
          command)
      }
      if option.value == nil {
        guard attached == nil else { throw usage("the option \(word) takes no value", near: nil, command) }
        values[word, default: []].append("")
      } else {
        guard let value = attached ?? words.popFirst() else {
          throw usage("the option \(word) needs \(option.value ?? "a value")", near: nil, command)
        }
        guard option.repeats || values[word] == nil else {
          throw usage("the option \(word) stands there twice", near: nil, command)
        }
        values[word, default: []].append(value)
      }
    }
    if values["--help"] != nil { return nil }
    guard command.operandCount.contains(operands.count) else {
      let found = operands.isEmpty ? "nothing" : "\(operands.count) operands"
      throw usage(
        "found \(found) behind '\(command.name)', expected \(command.operands.isEmpty ? "none" : command.operands)",
        near: nil, command)
    }
    console.configure(quiet: values["--quiet"] != nil, verbose: values["--verbose"] != nil)
    return Invocation(command: command.name, folder: folder, operands: operands, values: values, console: console)
  }

  private func usage(_ found: String, near: String? = nil, _ command: Command? = nil) -> RunError {
    let help = "See 'qunfa \(command.map { $0.name + " " } ?? "")--help'."
    return RunError(.usage, Diagnostic(found, next: near.map { "Did you mean '\($0)'? \(help)" } ?? help))
  }
}
