public import Delivery
import Ledger
public import Platform

extension Workspace {
  /// Takes in what the spool has, hands opt-outs to the suppression list, writes replies.csv anew when replies came.
  ///
  /// With nothing new it costs the listing of a folder and one look into the store.
  /// - Parameter tell: gets warnings, without numbers and texts.
  @discardableResult public func takeReports(
    now: Timestamp = .now, _ tell: (Diagnostic) -> Void
  ) throws(RunError) -> IntakeReport {
    let report = try onLedger { () throws(LedgerError) in try Intake(configuration).run(now: now) }
    for warning in report.warnings { tell(warning) }
    try RepliesFile.update(self)
    return report
  }
}

extension CampaignRun {
  /// Who opted out by a reply gets nothing any more. A fault here stops nobody's plan: the list as it is still holds.
  func takeReports() {
    do throws(RunError) {
      let report = try workspace.takeReports(now: console.now(), console.tell)
      guard report.optOuts > 0 else { return }
      console.tell(
        Diagnostic(
          amount(report.optOuts, "number was", "numbers were") + " put on the suppression list: their owners opted out "
            + "by a reply", severity: .note))
    } catch {
      for var diagnostic in error.diagnostics {
        diagnostic.severity = .warning
        console.tell(diagnostic)
      }
    }
  }
}
