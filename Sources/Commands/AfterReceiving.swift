import Campaigns
import Platform
import Receiving

extension Workspace {
  /// What `pull` and `import-reports` do with what they kept.
  func afterReceiving(_ console: Console) -> AfterReceiving {
    AfterReceiving(
      intake: { () throws(RunError) in try takeReports { console.tell($0) } },
      isComplete: { () throws(RunError) in try isComplete() })
  }

  /// Whether no message that was sent within the report timeout waits for its report.
  private func isComplete() throws(RunError) -> Bool { false }
}
