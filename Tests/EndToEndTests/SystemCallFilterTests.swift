import Glibc
import Platform
import TestSupport
import Testing
import Trials

/// The system calls that the units allow are enough for the tool.
@Suite struct SystemCallFilterTests {
  private static let analyzer = "/usr/bin/systemd-analyze"

  /// A unit and what it runs.
  struct Service: Sendable, CustomTestStringConvertible {
    let unit: String
    let command: [String]
    var testDescription: String { command.joined(separator: " ") }
  }
  static let services = [
    Service(unit: "qunfa-send@.service", command: ["send", "c1.toml"]),
    Service(unit: "qunfa-pull.service", command: ["pull", "--quiet"]),
    Service(unit: "qunfa-listen.service", command: ["listen", "--port", "0"]),
    // Run by hand or by a timer of one's own: a unit made after that of pull has to be right for them.
    Service(unit: "qunfa-pull.service", command: ["plan", "c1.toml"]),
    Service(unit: "qunfa-pull.service", command: ["reconcile", "--xlsx"]),
    Service(unit: "qunfa-pull.service", command: ["report", "c1"]),
  ]

  @Test(arguments: services)
  func `a unit's system call filter lets the tool do its work`(_ service: Service) throws {
    if let obstacle = SystemCalls.obstacle ?? (Files.exists(Self.analyzer) ? nil : "systemd is not installed") {
      print("SystemCallFilterTests: skipped: \(obstacle)")
      return
    }
    let allowed = try Self.allowed(in: service.unit)
    #expect(allowed.contains("openat") && !allowed.contains("reboot") && !allowed.contains("setrlimit"))
    let workspace = try prepared(before: service.command[0])
    let seen = try trace(service.command, workspace, [])
    for call in ["openat", "mmap", "exit_group"] { #expect(seen.names.contains(call), "\(call) was not seen") }
    #expect(seen.faults == [])
    let refused = seen.names.subtracting(allowed).subtracting(["execve"])
    print("\(service.testDescription): \(seen.names.count) system calls, refused by the unit: \(refused.sorted())")
    // As systemd does it: a refused call fails with EPERM, and the tool has to do its work all the same.
    guard !refused.isEmpty else { return }
    let again = try prepared(before: service.command[0])
    let list = refused.sorted().joined(separator: ",")
    _ = try trace(service.command, again, ["-e", "inject=\(list):error=EPERM"])
  }

  // MARK: Parts

  private struct Trace {
    var names: Set<String> = []
    /// What other settings of the units forbid.
    var faults: [String] = []
  }

  /// Runs a command under strace and expects it to do its work.
  private func trace(_ command: [String], _ prepared: Prepared, _ more: [String]) throws -> Trace {
    let folder = try TemporaryFolder()
    let process = try ChildProcess(
      "/usr/bin/strace",
      ["-f", "-qq", "-o", folder.path + "/calls"] + more + [BuiltTool.path()] + command,
      in: prepared.workspace.folder.path)
    let result: ChildResult
    if command[0] == "listen" {
      let listener = try ListenProcess { process }
      let push = try ChildProcess(
        "/usr/bin/curl",
        [
          "-sS", "--max-time", "20", "-d", "Class=rpt&SmsName=demo&Mobile=13800000000&LinkId=0&Report=DELIVRD",
          "http://127.0.0.1:\(listener.port)/push/youe/a-long-path-secret",
        ], in: "/tmp"
      ).wait()
      #expect(push.output == "OK", "\(push.output) \(push.errors)")
      result = try listener.stop()
    } else {
      result = try process.wait(deadline: 120)
    }
    #expect([0, 4].contains(result.exitCode), "\(command): \(result.output) \(result.errors)")
    return try read(folder.path + "/calls")
  }

  private func read(_ log: String) throws -> Trace {
    var trace = Trace()
    for line in try Files.read(log, limit: 1 << 28).text.split(separator: "\n") {
      // `1234  openat(…`: the thread, one or more blanks, the call.
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2 else { continue }
      let call = words[1].drop { $0 == " " }
      guard let end = call.firstIndex(of: "("), call.first?.isLowercase ?? false else { continue }
      let name = String(call[..<end])
      trace.names.insert(name)
      // MemoryDenyWriteExecute, RestrictAddressFamilies, RestrictRealtime.
      let isDenied =
        switch name {
        case "mmap": call.contains("PROT_WRITE|PROT_EXEC")
        case "mprotect", "pkey_mprotect": call.contains("PROT_EXEC")
        case "socket": !["AF_INET,", "AF_INET6,", "AF_UNIX,"].contains { call.contains($0) }
        default: false
        }
      if isDenied { trace.faults.append(String(call)) }
    }
    return trace
  }

  /// The calls that a unit's lines leave, groups resolved by systemd.
  private static func allowed(in unit: String) throws -> Set<String> {
    let lines = try Files.read(packageFolder + "/samples/systemd/" + unit, limit: 1 << 16).text.split(separator: "\n")
    let groups = try resolved()
    var allowed: Set<String> = []
    for line in lines where line.hasPrefix("SystemCallFilter=") {
      let value = line.dropFirst("SystemCallFilter=".count)
      let isDenied = value.hasPrefix("~")
      for word in value.drop(while: { $0 == "~" }).split(separator: " ") {
        let calls = try members(of: String(word), groups)
        if isDenied { allowed.subtract(calls) } else { allowed.formUnion(calls) }
      }
    }
    return allowed.union(try members(of: "@default", groups))
  }

  private static func members(of word: String, _ groups: [String: [String]]) throws -> Set<String> {
    guard word.hasPrefix("@") else { return [word] }
    guard let group = groups[word] else { throw ChildError("systemd knows no \(word)") }
    return try group.reduce(into: []) { $0.formUnion(try members(of: $1, groups)) }
  }

  /// By group: its calls and groups.
  private static func resolved() throws -> [String: [String]] {
    let result = try ChildProcess(analyzer, ["syscall-filter", "--no-pager"], in: "/tmp").wait()
    guard result.exitCode == 0 else { throw ChildError("systemd-analyze: \(result.errors)") }
    var groups: [String: [String]] = [:]
    var group: String?
    for line in result.output.split(separator: "\n", omittingEmptySubsequences: false) {
      let word = line.drop { $0 == " " }
      // `@name` at a line's begin opens a group, calls follow with blanks before them; an empty line ends it.
      if word.isEmpty {
        group = nil
      } else if line.hasPrefix("@") {
        group = String(line)
      } else if let group, line.hasPrefix(" "), !word.hasPrefix("#") {
        groups[group, default: []].append(String(word))
      }
    }
    return groups
  }

  private struct Prepared {
    let workspace: ToolWorkspace
    let sandbox: SandboxProcess
  }

  /// A workspace in which a command has something to do.
  private func prepared(before command: String) throws -> Prepared {
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.all.reports]\ndelay = 0\nlost = 0\n")
    let tables = ["juhe", "youe"].map {
      // A name, so that the resolver has its part.
      GatewayTable($0, sandbox.address.replacing("127.0.0.1", with: "localhost"))
    }
    let workspace = try ToolWorkspace(tables)
    let path = try workspace.folder.write(
      "qunfa.toml",
      tables.map(\.toml).joined(separator: "\n") + "\n[listen]\nport = 0\npath_secret = \"a-long-path-secret\"\n")
    _ = unsafe chmod(path, 0o600)
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(30))
    if !["plan", "send"].contains(command) { try workspace.send() }
    if ["reconcile", "report"].contains(command) { try workspace.qunfa("pull") }
    return Prepared(workspace: workspace, sandbox: sandbox)
  }
}
