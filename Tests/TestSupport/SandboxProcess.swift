import Glibc
import JSON
import Platform

/// A message that a gateway of the sandbox took, from its log.
public struct TakenMessage: Sendable, Hashable {
  public var gateway: String
  /// As it was received.
  public var number: String
  public var text: String
  /// The gateway's call, counted from 1.
  public var call: Int
  public var ids: [String]
}

/// A running `qunfa sandbox` on a free port, ended when the test lets go of it.
public final class SandboxProcess: Sendable {
  /// `http://127.0.0.1:PORT`
  public let address: String
  private let process: ChildProcess
  private let folder: TemporaryFolder

  /// Where it logs what it takes.
  public var log: String { folder.path + "/log.jsonl" }
  /// Where it logs what it hands out.
  public var handedLog: String { folder.path + "/handed.jsonl" }

  /// - Parameter faults: a faults file's text (docs/sandbox.md).
  /// - Parameter successorOf: one that was stopped: the same port, its logs go on.
  /// - Parameter logsAll: what is handed out is logged as well, and everything is on the disk before it is answered.
  public init(
    faults: String = "seed = 1\n", successorOf predecessor: SandboxProcess? = nil, logsAll: Bool = false
  ) throws {
    folder = try predecessor?.folder ?? TemporaryFolder()
    try folder.write("faults.toml", faults)
    let process = try BuiltTool.start(
      [
        "sandbox", "--port", String(predecessor?.port ?? 0), "--log", folder.path + "/log.jsonl",
        "--faults", folder.path + "/faults.toml",
      ] + (logsAll ? ["--handed", folder.path + "/handed.jsonl", "--sync"] : []), in: folder.path)
    self.process = process
    var address: String?
    let isUp = ChildProcess.wait(deadline: 20) {
      address = Self.address(in: process.output)
      return address != nil || process.output.isEmpty && process.errors.contains("error:")
    }
    guard isUp, let address else {
      process.signal(SIGKILL)
      throw ChildError("the sandbox did not start: \(process.output)\n\(process.errors)")
    }
    self.address = address
  }

  deinit {
    process.signal(SIGKILL)
    var status: Int32 = 0
    _ = unsafe waitpid(process.identifier, &status, 0)
  }

  /// Ends it in order: what is under way is answered.
  public func stop() {
    process.signal(SIGTERM)
    _ = try? process.wait(deadline: 1e9)
  }

  public var port: UInt16 { UInt16(address.split(separator: ":").last ?? "") ?? 0 }

  /// What all gateways took so far, in the order of the log.
  public func taken() throws -> [TakenMessage] {
    guard Files.exists(folder.path + "/log.jsonl") else { return [] }
    return try folder.read("log.jsonl").split(separator: "\n").map { line in
      let json = try JSON(parsing: String(line))
      return TakenMessage(
        gateway: json["gateway"]?.text ?? "", number: json["number"]?.text ?? "", text: json["text"]?.text ?? "",
        call: Int(json["call"]?.text ?? "") ?? 0, ids: json["ids"]?.elements?.compactMap(\.text) ?? [])
    }
  }

  /// The address on the first line, once that line is complete.
  private static func address(in output: String) -> String? {
    guard let end = output.firstIndex(of: "\n"), let start = output.firstRange(of: "http://") else { return nil }
    guard start.lowerBound < end else { return nil }
    return String(output[start.lowerBound..<end].prefix { !$0.isWhitespace })
  }
}
