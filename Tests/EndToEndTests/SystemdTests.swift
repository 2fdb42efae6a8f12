import Platform
import TestSupport
import Testing

/// The units that ship keep the services in their folder, and systemd itself rates how well.
@Suite struct SystemdTests {
  private static let folder = packageFolder + "/samples/systemd"
  private static let analyzer = "/usr/bin/systemd-analyze"
  static let services = Files.names(in: folder).filter { $0.hasSuffix(".service") }

  @Test func `there is a unit for sending, polling and receiving`() {
    #expect(Self.services == ["qunfa-listen.service", "qunfa-pull.service", "qunfa-send@.service"])
    for timer in ["qunfa-send@.timer", "qunfa-pull.timer", "qunfa-listen.socket"] {
      #expect(Files.exists(Self.folder + "/" + timer))
    }
  }

  @Test(arguments: services)
  func `every service is kept in its folder`(_ name: String) throws {
    let lines = try Files.read(Self.folder + "/" + name, limit: 1 << 16).text.split(separator: "\n")
    for line in [
      "User=qunfa", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "PrivateTmp=yes",
      "SystemCallFilter=@system-service", "UMask=0077", "LimitCORE=0", "Environment=SWIFT_BACKTRACE=enable=no",
    ] { #expect(lines.contains(Substring(line)), "\(line)") }
  }

  /// Exposure runs from 0 (nothing) to 10 (everything); systemd fails above the threshold, here 1.5.
  @Test(arguments: services)
  func `systemd rates the exposure of every service at 1 dot 5 or lower`(_ name: String) throws {
    guard Files.exists(Self.analyzer) else {
      print("SystemdTests: no systemd-analyze here, the rating is not checked (apt-get install systemd)")
      return
    }
    let result = try ChildProcess(
      Self.analyzer, ["security", "--offline=yes", "--threshold=15", Self.folder + "/" + name],
      in: Self.folder
    ).wait()
    #expect(result.exitCode == 0, "\(result.output.split(separator: "\n").last ?? "")")
  }

  @Test func `systemd finds no fault in the units`() throws {
    guard Files.exists(Self.analyzer) else {
      print("SystemdTests: no systemd-analyze here, the units are not verified (apt-get install systemd)")
      return
    }
    // The program that they start need not be installed here: the one that was built stands in for it.
    let copies = try TemporaryFolder()
    let names = Files.names(in: Self.folder)
    for name in names {
      let text = try Files.read(Self.folder + "/" + name, limit: 1 << 16).text
      if name.hasSuffix(".service") { #expect(text.contains("ExecStart=/usr/local/bin/qunfa "), "\(name)") }
      try copies.write(name, text.replacing("/usr/local/bin/qunfa", with: try BuiltTool.path()))
    }
    let result = try ChildProcess(
      Self.analyzer, ["verify", "--man=no"] + names.map { copies.path + "/" + $0 }, in: copies.path
    ).wait()
    #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    #expect((result.output + result.errors).isEmpty, "\(result.output) \(result.errors)")
  }
}
