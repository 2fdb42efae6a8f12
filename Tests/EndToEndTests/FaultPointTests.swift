import Judge
import Platform
import TestSupport
import Testing
import Trials

/// The short form of `make faults`: some points of every kind; the whole takes an hour.
@Suite struct FaultPointTests {
  @Test(arguments: TrialWorkspace.allGateways)
  func `a run killed at a system call breaks no promise`(_ gateway: String) throws {
    guard try canTry("fault points", SystemCalls.obstacle) else { return }
    let tallies = try FaultTrial("send", gateway, limit: 2).kills(at: ["write", "fdatasync", "sendto", "recvfrom"])
    #expect(tallies.count == 4)
    #expect(tallies.flatMap(\.violations) == [])
    #expect(tallies.filter { $0.met == 0 }.map(\.call) == [])
  }

  @Test(arguments: [
    ("plan", "juhe"), ("resume", "mobset"), ("pull", "emay"), ("listen", "18sms"), ("reconcile", "youe"),
  ])
  func `so do the other commands`(_ command: String, _ gateway: String) throws {
    guard try canTry("fault points", SystemCalls.obstacle) else { return }
    let tallies = try FaultTrial(command, gateway, limit: 1).kills(at: ["pwrite64", "write", "fdatasync", "rename"])
    #expect(tallies.count >= 1)
    #expect(tallies.flatMap(\.violations) == [])
    #expect(tallies.filter { $0.met == 0 }.map(\.call) == [])
  }

  @Test(arguments: [("send", "juhe"), ("listen", "youe")])
  func `system calls that fail end a run in order`(_ command: String, _ gateway: String) throws {
    guard try canTry("fault points", SystemCalls.obstacle) else { return }
    let calls = ["fdatasync", "recvfrom", "write", "accept4"]
    let tallies = try FaultTrial(command, gateway, limit: 1).errors(at: calls)
    #expect(tallies.count >= 6)
    #expect(tallies.flatMap(\.violations) == [])
    #expect(tallies.filter { $0.met == 0 }.map(\.call) == [])
  }

  /// A ledger, a list of opt-outs or a spool that cannot be looked at is not one that is missing: nothing is planned anew.
  @Test(arguments: [("resume", "juhe"), ("reconcile", "emay")])
  func `what cannot be looked at is not taken for missing`(_ command: String, _ gateway: String) throws {
    guard try canTry("fault points", SystemCalls.obstacle) else { return }
    let tallies = try FaultTrial(command, gateway, limit: 40).errors(at: ["access", "getdents64"])
    #expect(tallies.flatMap(\.violations) == [])
    #expect(tallies.map(\.met).reduce(0, +) > 4)
  }

  @Test func `a failed sync stops the run and is not tried again`() throws {
    guard try canTry("failing syncs", SystemCalls.memoryObstacle) else { return }
    #expect(try DiskTrial.failingSyncs(points: 20, step: 4) == [])
  }

  @Test func `a failed sync stops a pull, and what came is kept or told`() throws {
    guard try canTry("failing syncs", SystemCalls.memoryObstacle) else { return }
    #expect(try DiskTrial.failingPulls(points: 14, step: 3) == [])
  }

  @Test func `a failed sync is told to who pushes, and nothing is acknowledged that is not durable`() throws {
    guard try canTry("failing syncs", SystemCalls.memoryObstacle) else { return }
    #expect(try DiskTrial.failingPushes(points: 4, step: 2) == [])
  }

  @Test func `a full disk loses nothing`() throws {
    #expect(try DiskTrial.fullDisk(limits: [20_000, 90_000, 200_000]) == [])
    guard let violations = try DiskTrial.smallFileSystem() else {
      _ = try canTry("small file system", "this system does not permit the namespace")
      return
    }
    #expect(violations == [])
  }

  @Test(arguments: TrialWorkspace.allGateways)
  func `zones and languages of the machine change nothing`(_ gateway: String) throws {
    #expect(try ClockTrial.zones(gateways: [gateway]) == [])
  }

  @Test func `a clock that jumps in the middle stops the account`() throws {
    guard try canTry("clock stepped", ClockTrial.obstacle) else { return }
    #expect(try ClockTrial.jumps(hours: [5], gateways: ["mobset"]).violations == [])
  }
}
