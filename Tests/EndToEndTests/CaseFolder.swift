import Glibc
import Platform
import TestSupport
import Testing

/// A case of the built tool: a folder with command lines, input files and what is expected of them.
///
///     cmd              command lines, run by the shell one after another in a copy of the folder
///     faults.toml      when present: a sandbox with these faults runs beside them; @SANDBOX@ in .toml files is its address
///     expected.out     standard output; with several command lines each begins with its own, `$ qunfa …`
///     expected.err     standard error, likewise
///     expected.exit    exit codes, a line a command line
///     expected/…       files of the workspace as they must be afterwards; `taken.txt` is what the sandbox took
///
/// Everything else is input. `QUNFA_RECORD=1` writes what came instead, and fails all the same: a person has to read
/// the difference and run again.
struct CaseFolder: Sendable, CustomTestStringConvertible {
  let path: String
  /// `topic/name`
  let name: String

  var testDescription: String { name }

  /// All cases below a folder, sorted.
  static func all(in folder: String) -> [CaseFolder] {
    var found: [CaseFolder] = []
    for topic in Files.names(in: folder).sorted() {
      for name in Files.names(in: folder + "/" + topic).sorted() {
        let path = folder + "/" + topic + "/" + name
        if Files.exists(path + "/cmd") { found.append(CaseFolder(path: path, name: topic + "/" + name)) }
      }
    }
    return found
  }

  /// Runs the case; every difference is an issue of its own.
  func check() throws {
    let workspace = try TemporaryFolder()
    let sandbox: SandboxProcess? =
      try Files.exists(path + "/faults.toml") ? SandboxProcess(faults: read("faults.toml")) : nil
    for file in files(below: "") where !isExpectation(file) { try copy(file, to: workspace, sandbox) }
    let known = [(workspace.path, "@DIR@"), (sandbox?.address ?? "", "@SANDBOX@")]
    var (output, errors, exits) = ("", "", "")
    let commands = try read("cmd").split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    for command in commands {
      let result = try runShell(command, in: workspace.path)
      let head = commands.count > 1 ? "$ \(command)\n" : ""
      output += head + result.output
      errors += head + result.errors
      exits += "\(result.exitCode)\n"
    }
    compare(Volatile.mask(output, known: known), "expected.out")
    compare(Volatile.mask(errors, known: known), "expected.err")
    compare(exits, "expected.exit")
    for file in files(below: "expected") {
      let name = String(file.dropFirst("expected/".count))
      let found = name == "taken.txt" ? try taken(sandbox) : (try? workspace.read(name)) ?? "(no such file)\n"
      compare(Volatile.mask(found, known: known), file)
    }
  }

  // MARK: Parts

  private func runShell(_ command: String, in folder: String) throws -> ChildResult {
    let tools = Files.parent(of: try BuiltTool.path())
    return try ChildProcess(
      "/bin/sh", ["-c", command], in: folder,
      environment: ["PATH=\(tools):/usr/bin:/bin", "JUHE_PASSWORD=sandbox-juhe"]
    ).wait(deadline: 60)
  }

  private func copy(_ file: String, to workspace: TemporaryFolder, _ sandbox: SandboxProcess?) throws {
    var bytes = try Files.read(path + "/" + file, limit: 64 << 20)
    if file.hasSuffix(".toml") {
      var text = String(decoding: bytes, as: UTF8.self)
      text.replace("@SANDBOX@", with: sandbox?.address ?? "http://127.0.0.1:9")
      bytes = Array(text.utf8)
    }
    let copied = try workspace.write(file, bytes)
    // A literal password in a file that others can read is a warning.
    if file.hasSuffix(".toml") { _ = unsafe chmod(copied, 0o600) }
  }

  /// One line a message, sorted, so that the order of calls does not matter.
  private func taken(_ sandbox: SandboxProcess?) throws -> String {
    let messages = try sandbox?.taken() ?? []
    return messages.map { "\($0.gateway) \($0.number) \($0.text)\n" }.sorted().joined()
  }

  private func compare(_ found: String, _ file: String) {
    let expected = try? read(file)
    if expected == found || expected == nil && found.isEmpty { return }
    if unsafe getenv("QUNFA_RECORD") != nil {
      do {
        try Files.makeFolder(Files.parent(of: path + "/" + file))
        try Files.replace(path + "/" + file, with: Array(found.utf8))
      } catch { Issue.record("\(name): cannot record \(file): \(error)") }
      Issue.record("\(name): recorded \(file); read it and run again without QUNFA_RECORD")
      return
    }
    Issue.record("\(name): \(file) differs\n\(LineDifference.between(expected ?? "", found))")
  }

  private func read(_ file: String) throws -> String {
    try Files.read(path + "/" + file, limit: 64 << 20).text
  }

  private func isExpectation(_ file: String) -> Bool {
    file == "cmd" || file == "faults.toml" || file.hasPrefix("expected.") || file.hasPrefix("expected/")
  }

  private func files(below folder: String) -> [String] {
    let names = Files.names(in: folder.isEmpty ? path : path + "/" + folder).sorted()
    return names.flatMap { name -> [String] in
      let inner = folder.isEmpty ? name : folder + "/" + name
      return Files.isFolder(path + "/" + inner) ? files(below: inner) : [inner]
    }
  }
}

/// The lines in which two texts differ.
enum LineDifference {
  private static let most = 40

  static func between(_ expected: String, _ found: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = found.split(separator: "\n", omittingEmptySubsequences: false)
    let changes = new.difference(from: old)
    let lines = changes.map { change in
      switch change {
      case .remove(let offset, let line, _): (offset, "- \(line)")
      case .insert(let offset, let line, _): (offset, "+ \(line)")
      }
    }
    let sorted = lines.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0.0 + 1): \($0.1)" }
    return sorted.prefix(most).joined(separator: "\n") + (sorted.count > most ? "\n…" : "")
  }
}
