import Database
import JSON
import Platform
import TestSupport

/// What a killed process left under way, read by the judge right after the kill: only this may become unknown or lost.
public struct Leftovers: Sendable {
  /// The answer to a fetch, where the spool has its beginning and no end.
  public struct Fetch: Sendable, Hashable {
    public var account: String
    /// `reports` or `replies`.
    public var kind: String
    /// The spool file's name and the fetch's first byte in it.
    public var spool: String
    public var offset: Int
  }

  /// Messages of the calls that are being sent and have no whole answer on disk, by the call's id.
  ///
  /// - Parameter folder: a campaign's folder; without a ledger nothing is under way.
  public static func calls(in folder: String) throws -> [Int: Int] {
    guard Files.exists(folder + "/ledger.db") else { return [:] }
    // A copy: whoever opens the log makes its index anew, and the next run must find what the kill left.
    let copy = try TemporaryFolder()
    for name in ["ledger.db", "ledger.db-wal"] where Files.exists(folder + "/" + name) {
      try copy.write(name, Files.read(folder + "/" + name, limit: 1 << 32))
    }
    let answers = try AnswersOnDisk(folder + "/answers.log")
    let database = try Database.open(
      copy.path + "/ledger.db", .readOnly, applicationID: CampaignFacts.applicationID)
    var calls: [Int: Int] = [:]
    var select = try database.prepare("SELECT id, attempt, count FROM calls WHERE state = 'sending'")
    while try select.step() {
      let (call, attempt) = (Int(select.integer(0)), Int(select.integer(1)))
      if !answers.attempts.contains([call, attempt]) { calls[call] = Int(select.integer(2)) }
    }
    return calls
  }

  /// The fetches that a process began and did not end.
  ///
  /// - Parameters:
  ///   - folder: the workspace's data folder.
  ///   - process: its number, which stands in the names of its spool files.
  public static func fetches(in folder: String, of process: Int32) throws -> [Fetch] {
    try Files.names(in: folder + "/spool").filter { $0.contains("-\(process)-pull-") && $0.hasSuffix(".spool") }
      .compactMap { name in try openFetch(in: Files.read("\(folder)/spool/\(name)", limit: 1 << 32), name) }
  }

  /// Goes from frame to frame (docs/files.md, "The spool") without the tool's own reader.
  static func openFetch(in bytes: [UInt8], _ name: String) throws -> Fetch? {
    var open: Fetch?
    var start = 0
    while start < bytes.count, let end = bytes[start...].firstIndex(of: 0x0A) {
      let words = String(decoding: bytes[start..<end], as: UTF8.self)
        .split(separator: " ", maxSplits: 4, omittingEmptySubsequences: true)
      guard words.count == 5, words[0] == "qunfa-spool", let length = Int(words[2]) else { break }
      switch words[1] {
      case "fetch":
        let meta = try JSON(parsing: String(words[4]))
        open = Fetch(
          account: meta["account"]?.text ?? "", kind: meta["kind"]?.text ?? "", spool: name, offset: start)
      case "end" where end + 1 + length < bytes.count: open = nil
      default: break
      }
      start = end + 1 + length + 1
    }
    return open
  }
}
