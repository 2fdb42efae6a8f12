import Glibc
import Platform
import TestSupport
import Testing

/// A run that is killed at any moment loses nothing and sends nothing twice (design.md, section 2 and "kills").
@Suite struct KillTests {
  private static let kills = 20
  private static let perGateway = 1_000
  private static let batch = 25
  private static let concurrency = 4

  @Test func `twenty kills: nothing twice, nothing lost, all unknowns listed`() throws {
    let seed = UInt64(truncatingIfNeeded: Timestamp.now.nanoseconds)
    print("kill test: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.all]\nlatency_ms = [5, 60]\n")
    let names = SendTests.protocols
    let settings = ["batch": "\(Self.batch)", "concurrency": "\(Self.concurrency)"]
    let workspace = try ToolWorkspace(names.map { SendTests.table($0, sandbox.address, settings) })
    for (index, name) in names.enumerated() {
      try workspace.campaign(
        name, gateways: [name],
        text: ["juhe", "emay"].contains(name) ? "您好{{姓名}}，今晚八折" : "今晚八折")
      let contacts = ToolWorkspace.contacts(Self.perGateway, from: 13_800_000_000 + index * 10_000)
      try workspace.folder.write("\(name).csv", contacts)
      let toml = try workspace.folder.read("\(name).toml")
      try workspace.folder.write("\(name).toml", toml.replacing("contacts.csv", with: "\(name).csv"))
    }
    var killed: [String: Int] = [:]
    for round in 0..<Self.kills {
      let name = names[round % names.count]
      let run = try workspace.start(name)
      // Start-up and planning take about 0.1 s, a whole run about 0.5 s: some kills fall before the plan is frozen.
      usleep(UInt32(Int.random(in: 5_000...250_000, using: &random)))
      run.signal(SIGKILL)
      let ended = try run.wait()
      if ended.exitCode == 128 + SIGKILL { killed[name, default: 0] += 1 }
    }
    print("kill test: \(killed.values.reduce(0, +)) of \(Self.kills) kills hit a running process")
    #expect(killed.values.reduce(0, +) >= Self.kills / 2, "the kills came too late to prove anything")
    let taken = Dictionary(grouping: try finish(names, workspace, sandbox), by: \.gateway)
    for name in names { try check(name, workspace, taken[name] ?? [], kills: killed[name] ?? 0) }
  }

  /// Runs every campaign to its end; returns what the gateways took in all.
  private func finish(
    _ names: [String], _ workspace: ToolWorkspace, _ sandbox: SandboxProcess
  ) throws -> [TakenMessage] {
    for name in names {
      let result = try workspace.send(name)
      #expect([0, 7].contains(result.exitCode), "\(name): \(result.output) \(result.errors)")
    }
    let taken = try sandbox.taken()
    for name in names { try workspace.send(name) }
    #expect(try sandbox.taken() == taken, "a run on a finished campaign sent something")
    return taken
  }

  private func check(_ name: String, _ workspace: ToolWorkspace, _ taken: [TakenMessage], kills: Int) throws {
    let result = try workspace.file("result.csv", of: name)
    let numbers = taken.map { String($0.number.suffix(11)) }
    let gateway = Set(numbers)
    #expect(numbers.count == gateway.count, "\(name): the gateway took a message twice")
    func phones(_ state: String) -> Set<String> {
      Set(result.rows.filter { $0["state"] == state }.map { String(($0["phone"] ?? "").suffix(11)) })
    }
    let (accepted, unknown) = (phones("accepted"), phones("unknown"))
    #expect(accepted.isSubset(of: gateway), "\(name): the ledger has as accepted what the gateway never took")
    #expect(gateway.isSubset(of: accepted.union(unknown)), "\(name): the gateway has messages the ledger does not")
    #expect(accepted.count + unknown.count == Self.perGateway, "\(name): messages are missing")
    #expect(result["row"] == (1...Self.perGateway).map(String.init), "\(name): result.csv is not complete")
    let most = kills * Self.concurrency * Self.batch
    #expect(unknown.count <= most, "\(name): \(unknown.count) unknown after \(kills) kills")
    print(
      "kill test: \(name): \(kills) kills, \(accepted.count) accepted, \(unknown.count) unknown (\(gateway.count) taken)"
    )
  }
}
