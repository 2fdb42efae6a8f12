import Campaigns
import Glibc
import Platform
import Sandbox

extension Command {
  static let sandbox = Command(
    name: "sandbox", caption: "All five gateways on loopback, for trying, training and testing; sends nothing anywhere",
    operands: "", operandCount: 0...0,
    options: [
      Option("--port", value: "N", "Where it listens (default: 7862; 0 takes a free port)"),
      Option("--faults", value: "FILE", "How the gateways misbehave, in TOML (docs/sandbox.md)"),
      Option("--log", value: "FILE", "Adds every message that is accepted as a line of JSON (default: none)"),
      Option("--handed", value: "FILE", "Adds every report and reply that is handed out as a line (default: none)"),
      Option("--sync", "Has the lines of a call on the disk before it is answered"),
      Option("--bills", value: "DIR", "Writes the vendors' bills there when it ends, with errors in them"),
    ],
    details: """
      Needs no qunfa.toml; the one that 'qunfa init' writes fits it. Prints its address, then runs until it is
      interrupted. The address opened in a browser shows what came in.
      """,
    example: "qunfa sandbox --log sandbox.jsonl"
  ) { (invocation) throws(RunError) in
    Signals.watch()
    let options = try invocation.sandboxOptions()
    let sandbox: Sandbox
    do throws(SandboxError) { sandbox = try Sandbox(options: options) } catch { throw RunError(.usage, error.all) }
    invocation.console.print("sandbox: http://127.0.0.1:\(sandbox.port)")
    invocation.console.print("log: " + (options.logPath ?? "none"))
    while !Signals.isInterrupted { usleep(Limits.signalPollMicroseconds) }
    sandbox.stop()
    if options.billFolder != nil {
      do throws(SandboxError) { try sandbox.finishBills() } catch { throw RunError(.gatewayStopped, error.all) }
    }
    invocation.console.print(SandboxSums(sandbox).text)
    return .done
  }
}

extension Invocation {
  fileprivate func sandboxOptions() throws(RunError) -> SandboxOptions {
    let port = try integer("--port", in: 0...65535).map { UInt16($0) } ?? Sandbox.usualPort
    var faults = FaultPlan()
    if let file = value("--faults") {
      do throws(SandboxError) { faults = try FaultPlan(path: inFolder(file)) } catch {
        throw RunError(.usage, error.all)
      }
    }
    var options = SandboxOptions(port: port, faults: faults, logPath: value("--log").map(inFolder))
    options.handedPath = value("--handed").map(inFolder)
    options.isDurable = has("--sync")
    options.billFolder = value("--bills").map(inFolder)
    return options
  }
}

/// What a sandbox took while it ran, for people.
private struct SandboxSums {
  let text: String

  init(_ sandbox: Sandbox) {
    var table = TextTable(["gateway", "calls", "accepted", "refused", "segments"])
    for gateway in SandboxGateway.allCases {
      let counts = sandbox.counts(gateway)
      table.add([
        gateway.rawValue, String(counts.calls), String(counts.accepted), String(counts.refused),
        String(counts.segments),
      ])
    }
    text = table.text
  }
}
