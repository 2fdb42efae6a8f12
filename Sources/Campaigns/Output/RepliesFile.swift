import Delivery
import Ledger
import Messaging
import Platform
import Tables

/// `out/replies.csv`: every reply with the message it answers. Written whole whenever replies came since the last time.
enum RepliesFile {
  static let columns = ["gateway", "received_at", "phone", "text", "opt_out", "campaign", "row"]

  static func update(_ workspace: Workspace) throws(RunError) {
    guard try workspace.hasReports() else { return }
    let path = workspace.output + "/replies.csv"
    // Who writes it now writes the same; what came since then is written by whoever comes next.
    guard let lock = try onOutput({ () throws(FileError) in try HeldLock.take(workspace.data + "/replies.lock") })
    else {
      return
    }
    defer { withExtendedLifetime(lock) {} }
    let store = try onLedger { () throws(LedgerError) in try ReportStore(folder: workspace.data, readOnly: true) }
    let (version, written) = try onLedger { () throws(LedgerError) in
      (try store.repliesVersion(), try store.writtenRepliesVersion())
    }
    let isThere = try isThere(path)
    guard version > 0, version != written || !isThere else { return }
    try write(path, store, workspace)
    try onLedger { () throws(LedgerError) in try Intake(workspace.configuration).markRepliesWritten(version) }
  }

  private static func write(_ path: String, _ store: ReportStore, _ workspace: Workspace) throws(RunError) {
    var writer = try CSVWriter.begin(path, workspace.configuration, header: columns)
    let zone = workspace.configuration.zone
    try store.forEachWholeReply(
      { (reply) throws(RunError) in
        writer.field(reply.account)
        writer.field(zone.civil(reply.at).spaced)
        writer.field(reply.number == 0 ? reply.numberText : PhoneNumber.written(reply.number))
        writer.field(reply.text)
        if reply.isOptOut { writer.field(raw: "yes") } else { writer.field(raw: "no") }
        writer.field(reply.campaign)
        if reply.row > 0 { writer.field(decimal: reply.row) } else { writer.emptyField() }
        try onWriting { () throws(TableError) in try writer.endRow() }
      }, failing: { RunError($0) })
    try finishing(writer)
  }
}
