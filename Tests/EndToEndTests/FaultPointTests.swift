import Judge
import Platform
import TestSupport
import Testing
import Trials

/// The short form of `make faults`: some points of every kind; the whole takes an hour.
@Suite struct FaultPointTests {
  private static var canTrace: Bool {
    if let obstacle = SystemCalls.obstacle { print("fault points: skipped: \(obstacle)") }
    return SystemCalls.obstacle == nil
  }

  @Test(arguments: TrialWorkspace.allGateways)
  func `a run killed at a system call breaks no promise`(_ gateway: String) throws {
    guard Self.canTrace else { return }
    let tallies = try FaultTrial(gateway, limit: 1).kills(of: "send", at: ["write", "fdatasync", "sendto", "recvfrom"])
    #expect(tallies.count == 4)
    #expect(tallies.flatMap(\.violations) == [])
  }

  @Test func `system calls that fail end a run in order`() throws {
    guard Self.canTrace else { return }
    let tallies = try FaultTrial("juhe", limit: 1).errors(in: "send", at: ["fdatasync", "recvfrom", "rename"])
    #expect(tallies.count == 6)
    #expect(tallies.flatMap(\.violations) == [])
  }

  @Test func `a failed sync stops the run and is not tried again`() throws {
    if let obstacle = SystemCalls.memoryObstacle {
      print("failing syncs: skipped: \(obstacle)")
      return
    }
    #expect(try DiskTrial.failingSyncs(points: 20, step: 4) == [])
  }

  @Test func `a full disk loses nothing`() throws {
    #expect(try DiskTrial.fullDisk(limits: [20_000, 90_000, 200_000]) == [])
    guard let violations = try DiskTrial.smallFileSystem() else {
      print("small file system: skipped: this system does not permit the namespace")
      return
    }
    #expect(violations == [])
  }

  @Test func `zones and languages of the machine change nothing`() throws { #expect(try ClockTrial.zones() == []) }
}
