import Campaigns
import Platform
import Receiving

extension Command {
  static let listen = Command(
    name: "listen", caption: "Receives pushed reports and replies over HTTP",
    operands: "", operandCount: 0...0,
    options: [
      Option("--address", value: "A", "Instead of [listen] address"),
      Option("--port", value: "N", "Instead of [listen] port; 0 takes a free one"),
      Option("--tls-cert", value: "FILE", "HTTPS with this certificate chain (PEM)"),
      Option("--tls-key", value: "FILE", "and this private key (PEM)"),
    ],
    details: """
      Pushes come to /push/NAME/SECRET: a gateway's name and path_secret of [listen] in qunfa.toml. The answer goes out
      when the bytes are on the disk. Takes over systemd's socket when there is one. Tells its address on standard error,
      and every 10 s what came; standard output stays empty, with --json too. 'qunfa pull' and 'qunfa reconcile' read what
      was kept.
      Exit codes: 0 stopped by a signal, 2 it cannot start.
      """,
    example: "qunfa listen --port 8800"
  ) { (invocation) throws(RunError) in
    var options = ListenOptions()
    options.address = invocation.value("--address")
    options.port = try invocation.integer("--port", in: 0...65_535).map { UInt16($0) }
    options.certificate = invocation.value("--tls-cert").map(invocation.inFolder)
    options.key = invocation.value("--tls-key").map(invocation.inFolder)
    let workspace = try invocation.openWorkspace()
    Signals.watch()
    return try Listener(workspace.configuration, options, console: invocation.console).run()
  }
}
