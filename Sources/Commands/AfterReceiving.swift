import Campaigns
import Delivery
import JSON
import Messaging
import Platform
import Receiving
import Reconciliation

extension Workspace {
  /// What `pull` and `import-reports` do with what they kept.
  func afterReceiving(_ console: Console, _ tally: IntakeTally = IntakeTally()) -> AfterReceiving {
    AfterReceiving(
      intake: { () throws(RunError) in tally.add(try takeReports { console.tell($0) }) },
      isComplete: { () throws(RunError) in try isComplete(console) })
  }

  /// Whether no message that was submitted within the report timeout waits for its report.
  private func isComplete(_ console: Console) throws(RunError) -> Bool {
    let waiting = WaitingMessages()
    let since = console.now() + Double(-configuration.reportTimeout)
    _ = try Books(self, console: console).walk(BookSelection(from: since), to: [waiting])
    return waiting.count == 0
  }
}

/// Counts the messages that a gateway took and of which nothing final is known.
private final class WaitingMessages: BookSink {
  private(set) var count = 0

  func take(_ entry: borrowing BookEntry) throws(RunError) {
    if entry.isAccepted, entry.state == .accepted { count += 1 }
  }
}

/// What all intakes of a command took in, from whatever way it came.
final class IntakeTally {
  private var reports = 0
  private var replies = 0
  private var optOuts = 0

  func add(_ report: IntakeReport) {
    reports += report.counts.reports
    replies += report.wholeReplies
    optOuts += report.optOuts
  }

  var text: String {
    let parts = [amount(reports, "report"), amount(replies, "reply", "replies"), amount(optOuts, "opt-out")]
    return "Taken in, pushed ones included: " + parts.joined(separator: ", ")
  }

  var json: JSON { ["reports": JSON(reports), "replies": JSON(replies), "opt_outs": JSON(optOuts)] }
}
