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

  /// - Parameter faults: a faults file's text (docs/sandbox.md).
  public init(faults: String = "seed = 1\n") throws {
    folder = try TemporaryFolder()
    try folder.write("faults.toml", faults)
    let process = try BuiltTool.start(
      ["sandbox", "--port", "0", "--log", folder.path + "/log.jsonl", "--faults", folder.path + "/faults.toml"],
      in: folder.path)
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
