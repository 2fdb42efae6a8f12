import Glibc
import Platform
import TestSupport
import Testing
import Trials

/// A crash in the middle of a run leaves neither a core nor a backtrace: both would hold numbers, texts and secrets.
@Suite struct CrashTests {
  /// What ends a process by a fault of its own.
  static let signals = [SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGQUIT]
  private static let search = CanarySearch([
    Canary(.number, "1387731"), Canary(.text, "CANARYTEXT"), Canary(.text, "CANARYNAME"),
    Canary(.secret, "pw-QX7canary91"),
  ])
  private static let prlimit = "/usr/bin/prlimit"

  /// How a process ended.
  private struct End {
    var signal: Int32
    /// The system wrote a core, to a file or to a program.
    var hasCore: Bool
    var files: [String]
    var said: String
  }

  /// Starts something that may leave cores of any size, and asks Swift's runtime for backtraces.
  private static func start(_ line: [String], in folder: String) throws -> ChildProcess {
    try ChildProcess(
      prlimit, ["--core=unlimited:unlimited"] + line, in: folder,
      environment: ["SWIFT_BACKTRACE=enable=yes,color=no,interactive=no,symbolicate=off,threads=all,limit=4"])
  }

  /// Whether a program that does nothing against it leaves a core here.
  private static let leavesCores = Result {
    guard Files.exists(prlimit) else { return false }
    let folder = try TemporaryFolder()
    let process = try start(["/bin/sleep", "60"], in: folder.path)
    usleep(300_000)
    return try crash(process, SIGSEGV, in: folder.path).hasCore
  }

  private static func crash(_ process: ChildProcess, _ signal: Int32, in folder: String) throws -> End {
    kill(process.identifier, signal)
    var status: Int32 = 0
    let hasEnded = ChildProcess.wait(deadline: 60) { unsafe waitpid(process.identifier, &status, WNOHANG) != 0 }
    guard hasEnded else {
      process.signal(SIGKILL)
      throw ChildError("it did not end by signal \(signal)")
    }
    let cores = Files.names(in: folder).filter { $0.contains("core") }
    return End(
      signal: status & 0x7F, hasCore: status & 0x80 != 0, files: cores, said: process.output + process.errors)
  }

  /// Returns when the gateway has taken something; the campaign takes seconds.
  private func waitUntilSending(_ process: ChildProcess, _ sandbox: SandboxProcess) throws {
    let isUnderWay = try ChildProcess.wait(deadline: 60) { try !sandbox.taken().isEmpty }
    guard isUnderWay else { throw ChildError("nothing was sent: \(process.output) \(process.errors)") }
  }

  private func workspace(_ sandbox: SandboxProcess) throws -> ToolWorkspace {
    let lines = ["batch": "1", "concurrency": "2", "requests": "10", "password": "\"pw-QX7canary91\""]
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, lines)])
    let contacts = ToolWorkspace.contacts(500, from: 13_877_310_000).replacing("客户", with: "CANARYNAME")
    try workspace.campaign(gateways: ["juhe"], contacts: contacts, text: "CANARYTEXT {{姓名}}")
    return workspace
  }

  private static let faults = "seed = 1\n[accounts.juhe]\npassword = \"pw-QX7canary91\"\n"

  @Test(arguments: signals)
  func `a send that crashes leaves no core and says nothing private`(_ signal: Int32) throws {
    guard try Self.leavesCores.get() else {
      print("CrashTests: no program leaves a core here (prlimit, core_pattern), so none is missed")
      return
    }
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try workspace(sandbox)
    let process = try Self.start([BuiltTool.path(), "send", "c1.toml", "--verbose"], in: workspace.folder.path)
    try waitUntilSending(process, sandbox)
    let end = try Self.crash(process, signal, in: workspace.folder.path)
    #expect(end.signal == signal, "\(end.said)")
    #expect(!end.hasCore)
    #expect(end.files.isEmpty)
    for mark in ["Thread", "crashed", "Backtrace", "Registers", "Fatal"] {
      #expect(!end.said.contains(mark), "\(end.said)")
    }
    #expect(Self.search.finds(in: end.said).isEmpty, "\(end.said)")
  }

  /// A core_pattern that is a pipe does not ask for the limit. Here strace keeps the limit from being set, so that the
  /// ban on dumps has to do alone.
  @Test func `no core is left where the limit does not count`() throws {
    if let obstacle = SystemCalls.memoryObstacle {
      print("CrashTests: the ban on dumps is not tested: \(obstacle)")
      return
    }
    guard try Self.leavesCores.get() else {
      print("CrashTests: no program leaves a core here, so the ban on dumps is not tested")
      return
    }
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try workspace(sandbox)
    let traces = try TemporaryFolder()
    let log = traces.path + "/calls"
    let strace = ["/usr/bin/strace", "-f", "-q", "-o", log, "-e", "trace=prlimit64"]
    let tool = try BuiltTool.path()
    #expect(try Self.start(strace + [tool, "--version"], in: workspace.folder.path).wait().exitCode == 0)
    let calls = try traces.read("calls").split(separator: "\n").filter { $0.contains("prlimit64(") }
    let place = try #require(calls.firstIndex { $0.contains("RLIMIT_CORE, {rlim_cur=0") })
    let process = try Self.start(
      strace + ["-e", "inject=prlimit64:retval=0:when=\(place + 1)", tool, "send", "c1.toml"], in: workspace.folder.path
    )
    try waitUntilSending(process, sandbox)
    let identifier = try #require(Int32(try traces.read("calls").split(separator: " ").first ?? ""))
    let limits = try Files.read("/proc/\(identifier)/limits", limit: 1 << 16).text
    #expect(limits.contains(/Max core file size +unlimited +unlimited/), "the limit was set: \(limits)")
    kill(identifier, SIGSEGV)
    _ = try process.wait()
    let ended = try traces.read("calls").split(separator: "\n").filter { $0.contains("+++ killed by SIGSEGV") }
    #expect(!ended.isEmpty && !ended.contains { $0.contains("core dumped") }, "\(ended)")
    #expect(!Files.names(in: workspace.folder.path).contains { $0.contains("core") })
  }

  @Test func `a crash is not caught though the environment asks for backtraces`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try workspace(sandbox)
    let process = try Self.start([BuiltTool.path(), "send", "c1.toml"], in: workspace.folder.path)
    try waitUntilSending(process, sandbox)
    let status = try Files.read("/proc/\(process.identifier)/status", limit: 1 << 16).text
    process.signal(SIGKILL)
    _ = try process.wait()
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") })
    let caught = try #require(UInt64(line.split(separator: "\t").last ?? "", radix: 16))
    for signal in Self.signals { #expect(caught >> UInt64(signal - 1) & 1 == 0, "signal \(signal) is caught") }
  }
}
