import Glibc
import Platform
import TestSupport
import Testing

/// Every file and folder that the tool makes is its owner's alone, whatever umask it was started with.
@Suite struct ModeTests {
  /// Starts the tool as a careless shell would: umask 000.
  private func start(_ arguments: [String], in folder: String) throws -> ChildProcess {
    try ChildProcess(
      "/bin/sh", ["-c", "umask 000; exec \"$@\"", "sh", BuiltTool.path()] + arguments, in: folder)
  }

  /// What group or others could read, write or enter below a folder, besides `before`.
  private func open(_ folder: String, besides before: Set<String>) throws -> (open: Set<String>, seen: Set<String>) {
    var open: Set<String> = []
    var seen: Set<String> = []
    func look(_ path: String) throws {
      for name in Files.names(in: folder + path) {
        let inner = path + "/" + name
        var status = stat()
        guard unsafe lstat(folder + inner, &status) == 0 else {
          // Files beside their names come and go while the tool runs.
          guard errno == ENOENT else { throw FileError("look at", inner) }
          continue
        }
        if status.st_mode & S_IFMT == S_IFDIR { try look(inner) }
        guard !before.contains(inner) else { continue }
        seen.insert(inner)
        if status.st_mode & 0o077 != 0 { open.insert("\(inner) \(String(status.st_mode & 0o7777, radix: 8))") }
      }
    }
    try look("")
    return (open, seen)
  }

  @Test func `a whole circle with umask 000 leaves nothing that others can read`() throws {
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[gateway.all.reports]\ndelay = 0\nfailed = 0.1\nexpired = 0\nlost = 0\nreplies = 0.3\n")
    let names = SendTests.protocols
    let workspace = try ToolWorkspace([])
    let path = try workspace.folder.write(
      "qunfa.toml",
      names.map { SendTests.table($0, sandbox.address, ["requests": "20", "batch": "5"]).toml }.joined(separator: "\n")
        + "\n[listen]\nport = 0\npath_secret = \"a-long-path-secret\"\n"
        + "[bills.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", segments = \"s\" }\n"
        + "[imports.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", status = \"s\" }\n")
    _ = unsafe chmod(path, 0o600)
    for name in names {
      try workspace.campaign(name, gateways: [name], contacts: ToolWorkspace.contacts(60) + "138,x\n", text: "今晚八折")
    }
    try workspace.folder.write("bill.csv", "p,m,s\n13800000000,x1,1\n")
    try workspace.folder.write("import.csv", "p,m,s\n13800000000,x1,DELIVRD\n")
    let before = Set(try workspace.tree(withData: true) + ["/qunfa.toml"])
    var open: Set<String> = []
    var seen: Set<String> = []
    /// Also while it runs: a file that is closed to others only at its end was open to them.
    func run(_ arguments: [String]) throws {
      let process = try start(arguments, in: workspace.folder.path)
      var exitCode: Int32?
      _ = try ChildProcess.wait(deadline: 120) {
        let found = try self.open(workspace.folder.path, besides: before)
        open.formUnion(found.open)
        seen.formUnion(found.seen)
        exitCode = process.ended()
        return exitCode != nil
      }
      #expect(exitCode.map { ![1, 2, 3].contains($0) } ?? false, "\(arguments): \(process.output) \(process.errors)")
    }
    let listener = try ListenProcess { try start(["listen"], in: workspace.folder.path) }
    for name in names {
      try run(["plan", "\(name).toml"])
      try run(["send", "\(name).toml", "--again"])
    }
    usleep(500_000)
    for line in [
      ["pull"], ["import-reports", "import.csv", "--gateway", "juhe"], ["balance"],
      ["reconcile", "--bill", "juhe=bill.csv", "--xlsx"], ["report", "juhe"],
      ["report", "juhe", "--output", "page.html"],
      ["resolve", "juhe", "--unknown", "failed"], ["optout", "add", "13800000001"], ["status"], ["verify", "juhe"],
      ["init", "new"],
    ] { try run(line) }
    let push = try ChildProcess(
      "/usr/bin/curl",
      [
        "-sS", "--max-time", "10", "-d", "Class=rpt&SmsName=demo&Mobile=13800000000&LinkId=0&Report=DELIVRD",
        "http://127.0.0.1:\(listener.port)/push/youe/a-long-path-secret",
      ], in: "/tmp"
    ).wait()
    #expect(push.exitCode == 0 && push.output == "OK", "\(push.output) \(push.errors)")
    _ = try listener.stop()
    let last = try self.open(workspace.folder.path, besides: before)
    #expect(open.union(last.open).sorted() == [])
    for place in [
      "/data", "/out", "/data/spool", "/data/reports.db", "/data/campaigns/juhe/ledger.db", "/out/juhe/plan.csv",
      "/out/juhe/result.csv", "/out/juhe/report.html", "/out/reconciliation.csv", "/out/reconciliation.xlsx",
      "/page.html",
      "/new/qunfa.toml",
    ] { #expect(seen.union(last.seen).contains(place), "\(place) was not made: it proves nothing") }
    print("umask 000: \(seen.union(last.seen).count) files and folders looked at")
  }

  @Test func `the sandbox's own files are their owner's alone too`() throws {
    let folder = try TemporaryFolder()
    let process = try start(
      ["sandbox", "--port", "0", "--log", "taken.jsonl", "--handed", "handed.jsonl", "--bills", "bills"],
      in: folder.path)
    var address: Substring?
    let isUp = ChildProcess.wait(deadline: 20) {
      address = process.output.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)?.output
      return address != nil
    }
    #expect(isUp, "\(process.errors)")
    let workspace = try ToolWorkspace([GatewayTable("juhe", String(address ?? ""))])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(5))
    try workspace.send()
    process.signal(SIGTERM)
    _ = try process.wait()
    let found = try open(folder.path, besides: [])
    #expect(found.open.sorted() == [])
    #expect(found.seen.isSuperset(of: ["/taken.jsonl", "/handed.jsonl", "/bills"]), "\(found.seen)")
  }
}
