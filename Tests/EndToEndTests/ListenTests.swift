import Glibc
import Platform
import TestSupport
import Testing

/// `listen` with the pushes of the sandbox: what got its answer is on the disk.
@Suite struct ListenTests {
  private static let secret = "a-long-path-secret"
  private static let settings = "[listen]\nport = 0\npath_secret = \"\(secret)\"\nsources = [\"127.0.0.1\"]\n"

  private func workspace(_ names: [String], _ address: String) throws -> ToolWorkspace {
    let tables = names.map { GatewayTable($0, address) }
    let workspace = try ToolWorkspace(tables)
    // Behind the gateways: a table's header ends the one before.
    let path = try workspace.folder.write(
      "qunfa.toml", tables.map(\.toml).joined(separator: "\n") + "\n" + Self.settings)
    _ = unsafe chmod(path, 0o600)
    return workspace
  }

  private func faults(_ names: [String], port: UInt16) -> String {
    "seed = 5\n"
      + names.map { name in
        """
        [gateway.\(name).reports]
        delay = 0
        failed = 0
        expired = 0
        lost = 0
        replies = 0
        push = "http://127.0.0.1:\(port)/push/\(name)/\(Self.secret)"

        """
      }.joined()
  }

  private func curl(_ arguments: String...) throws -> String {
    try ChildProcess("/usr/bin/curl", ["-s", "--max-time", "10", "-w", "%{http_code}"] + arguments, in: "/tmp").wait()
      .output
  }

  @Test func `pushes of three gateways are kept, and SIGTERM ends it in order`() throws {
    let names = ["juhe", "youe", "18sms"]
    let listening = try workspace(names, "http://127.0.0.1:9")
    let listener = try ListenProcess(listening)
    let sandbox = try SandboxProcess(faults: faults(names, port: listener.port))
    let sending = try ToolWorkspace(names.map { GatewayTable($0, sandbox.address) })
    for (index, name) in names.enumerated() {
      try sending.campaign(
        name, gateways: [name], contacts: ToolWorkspace.contacts(20, from: 13_800_000_000 + index * 1000), text: "今晚八折")
      #expect(try sending.send(name).exitCode == 0)
    }
    func numbers() throws -> Int {
      let spool = try SpoolText(listening.folder)
      let text = (spool.whole + spool.queries).joined(separator: " ")
      return Set(text.matches(of: /1380000\d{4}/).map { String($0.output) }).count
    }
    #expect(ChildProcess.wait(deadline: 15) { (try? numbers()) == 60 }, "\((try? numbers()) ?? -1) of 60")
    let ended = try listener.stop()
    #expect(ended.exitCode == 0, "\(ended.errors)")
    #expect(ended.errors.contains("stopped: ") && ended.errors.contains("none refused"), "\(ended.errors)")
    #expect(!ended.errors.contains("138000") && !ended.errors.contains(Self.secret))
    #expect(!Files.exists(listening.folder.path + "/data/reports.db"), "a listener touched the report store")
    let pull = try listening.qunfa("pull", "--gateway", "juhe")
    #expect(pull.exitCode == 6 && Files.exists(listening.folder.path + "/data/reports.db"), "\(pull.errors)")
  }

  @Test func `strangers learn nothing`() throws {
    let listening = try workspace(["18sms"], "http://127.0.0.1:9")
    let listener = try ListenProcess(listening)
    let base = "http://127.0.0.1:\(listener.port)/push"
    #expect(try curl("\(base)/18sms/wrong?msgid=1") == "404")
    #expect(try curl("\(base)/nobody/\(Self.secret)?msgid=1") == "404")
    #expect(try curl("-X", "DELETE", "\(base)/18sms/\(Self.secret)") == "405")
    #expect(try curl("\(base)/18sms/\(Self.secret)?msgid=%B1%FF&mobile=13800138000&status=DELIVRD") == "0200")
    let ended = try listener.stop()
    #expect(ended.errors.contains("1 push kept, refused: 2 wrong path, 1 neither GET nor POST"), "\(ended.errors)")
    #expect(try SpoolText(listening.folder).queries == ["msgid=%B1%FF&mobile=13800138000&status=DELIVRD"])
  }

  /// Whoever knows the secret cannot take the senders' ledgers their room (`Limits.pushFreeBytes`).
  @Test func `pushes leave room on the disk`() throws {
    let listening = try workspace(["18sms"], "http://127.0.0.1:9")
    let unshare = "/usr/bin/unshare"
    let mount = { (size: String) in "mkdir -p data && mount -t tmpfs -o size=\(size) none data" }
    let probe = try ChildProcess(unshare, ["-rm", "sh", "-ec", mount("1m")], in: listening.folder.path).wait()
    guard probe.exitCode == 0 else {
      print("not tested: this system does not permit the namespace")
      return
    }
    for (size, status) in [("60m", "503"), ("80m", "0200")] {
      let process = try ChildProcess(
        unshare, ["-rm", "sh", "-ec", "\(mount(size)); exec \"$0\" listen", BuiltTool.path()],
        in: listening.folder.path)
      #expect(ChildProcess.wait(deadline: 20) { process.errors.contains("listening on ") }, "\(process.errors)")
      let port = process.errors.split(separator: "\n").first?.split(separator: " ").last ?? ""
      let answer = try curl("http://127.0.0.1:\(port)/push/18sms/\(Self.secret)?msgid=1&mobile=2&status=X")
      #expect(answer == status, "a disk of \(size)")
      process.signal(SIGTERM)
      #expect(try process.wait().exitCode == 0)
    }
  }

  @Test func `a socket that systemd hands over is taken`() throws {
    let listening = try workspace(["18sms"], "http://127.0.0.1:9")
    // What systemd does: a listening socket as descriptor 3 and two variables with the process's number.
    let script = """
      import os, socket
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
      os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
      os.environ["LISTEN_PID"] = str(os.getpid()); os.environ["LISTEN_FDS"] = "1"
      os.execv("\(try BuiltTool.path())", ["qunfa", "listen", "--port", "1"])
      """
    guard Files.exists("/usr/bin/python3") else {
      print("not tested: there is no /usr/bin/python3")
      return
    }
    let process = try ChildProcess("/usr/bin/python3", ["-c", script], in: listening.folder.path)
    #expect(ChildProcess.wait(deadline: 20) { process.errors.contains("listening on ") }, "\(process.errors)")
    let port = process.errors.split(separator: "\n").first?.split(separator: " ").last ?? ""
    #expect(try curl("http://127.0.0.1:\(port)/push/18sms/\(Self.secret)?msgid=1&mobile=2&status=X") == "0200")
    process.signal(SIGTERM)
    #expect(try process.wait().exitCode == 0)
  }

  @Test func `without [listen] it says what to write`() throws {
    let workspace = try ToolWorkspace([GatewayTable("18sms", "http://127.0.0.1:9")])
    let result = try workspace.qunfa("listen")
    #expect(result.exitCode == 2 && result.errors.contains("path_secret"), "\(result.errors)")
  }
}
