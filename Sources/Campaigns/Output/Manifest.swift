import Configuration
public import JSON
import Ledger
import Messaging
import Platform

/// `manifest.json`: what went in, what came out, under which settings; `verify` checks it.
public struct Manifest: Sendable {
  public static let toolVersion = "0.1.0"

  /// A file whose SHA-256 stands in a manifest but is no longer true, or that is gone.
  public struct Difference: Sendable, Equatable {
    public var path: String
    /// `changed` or `missing`.
    public var found: String
  }

  /// What comparing a manifest with the files it names came to.
  public struct Verification: Sendable, Equatable {
    /// Files that were compared, or looked for in vain.
    public var files = 0
    public var differences: [Difference] = []

    public var exitCode: ExitCode { differences.isEmpty ? .done : .unbalanced }
  }

  static func write(
    _ path: String, campaign: CampaignFile, configuration: Configuration, store: any CallStore, summary: RunSummary,
    outputs: [String], started: Timestamp, ended: Timestamp
  ) throws(RunError) {
    let inputs = try onLedger { () throws(LedgerError) in try store.inputs() }
    var written: [JSON] = []
    for output in outputs {
      guard try isThere(output) else { continue }
      written.append(["path": .string(Files.name(of: output)), "sha256": .string(try digest(of: output))])
    }
    let zone = configuration.zone
    let json: JSON = [
      "tool": "qunfa", "version": .string(toolVersion), "campaign": .string(campaign.id),
      "started": .string(zone.civil(started).spaced), "ended": .string(zone.civil(ended).spaced),
      "inputs": .array(
        inputs.map { ["role": .string($0.role), "path": .string($0.path), "sha256": .string($0.sha256)] }),
      "outputs": .array(written),
      "configuration": .object(
        campaign.summary.filter { $0.key != "message.text" }.map { .init($0.key, .string($0.value)) }),
      "counts": summary.json,
    ]
    try onOutput { () throws(FileError) in try Files.replace(path, with: Array((json.pretty + "\n").utf8)) }
  }

  /// SHA-256 of a file in hexadecimal digits.
  public static func digest(of path: String) throws(RunError) -> String {
    try mapping({ () throws(FileError) in
      let file = try File(path, .read)
      var hasher = Digest.Hasher(.sha256)
      var buffer = ByteBuffer(capacity: Limits.readBytes)
      while try file.read(into: &buffer) > 0 {
        hasher.update(buffer.span)
        buffer.clear()
      }
      return Digest.hex(hasher.finish())
    }) { RunError(.input, $0.diagnostic) }
  }

  /// Compares a manifest with the files it names.
  ///
  /// - Throws: exit code 3 when there is no manifest or it cannot be read.
  public static func verify(_ path: String, workspace: Workspace) throws(RunError) -> Verification {
    guard try isThere(path, else: .input) else {
      throw RunError(
        .input,
        Diagnostic(
          "no manifest", at: Place(file: path), expected: "the manifest.json that 'qunfa send' writes",
          next: "Send the campaign first, or name the workspace with -C."))
    }
    let bytes = try mapping({ () throws(FileError) in try Files.read(path, limit: Limits.manifestBytes) }) {
      RunError(.input, $0.diagnostic)
    }
    let json = try mapping({ () throws(JSONError) in try JSON(parsing: bytes) }) {
      RunError(.input, Diagnostic("the manifest is damaged: \($0.diagnostic.found)", at: Place(file: path)))
    }
    var verification = Verification()
    let folder = Files.parent(of: path)
    for (list, base) in [("inputs", workspace.configuration.workspace), ("outputs", folder)] {
      for entry in json[list]?.elements ?? [] {
        guard let name = entry["path"]?.text, let expected = entry["sha256"]?.text else { continue }
        // A do-not-contact list lives on; the manifest only says how it was.
        guard entry["role"]?.text != "suppression" else { continue }
        let file = Files.join(base, name)
        verification.files += 1
        guard let isThere = try? Files.isThere(file) else {
          verification.differences.append(Difference(path: file, found: "cannot be read"))
          continue
        }
        guard isThere else {
          verification.differences.append(Difference(path: file, found: "missing"))
          continue
        }
        if try digest(of: file) != expected {
          verification.differences.append(Difference(path: file, found: "changed"))
        }
      }
    }
    return verification
  }
}

extension RunSummary {
  /// The sums as `--json` and the manifest show them.
  public var json: JSON {
    func count(_ count: Count) -> JSON { ["messages": JSON(count.messages), "segments": JSON(count.segments)] }
    let planned = plannedSegments + (Defect.isPlanted(.plannedSegmentsMiscounted) ? 1 : 0)
    return [
      "rows_read": JSON(rowsRead), "rejected": JSON(rejectedRows),
      "rejected_by_reason": .object(
        RejectReason.allCases.compactMap { reason in rejected[reason].map { .init(reason.rawValue, JSON($0)) } }),
      "planned": ["messages": JSON(plannedMessages), "segments": JSON(planned)],
      "accepted": count(accepted), "refused": count(refused), "unsent": count(unsent), "unknown": count(unknown),
      "cancelled": count(self[.cancelled]), "cost": .string(cost.description), "conserved": .boolean(isConserved),
    ]
  }
}
