import Glibc

/// A fault that a debug build plants in itself when `QUNFA_DEFECT` names one, so that the tests can show that their
/// judge would see it. A release knows none: `isPlanted` is false there at compile time.
public enum Defect: String, Sendable, CaseIterable {
  // Sending
  case intentAfterCall
  case timeoutIsRefusal
  case timeoutIsNotSent
  case halfAnswerIsWhole
  case silenceIsAcceptance
  case everythingIsUnknown
  case answerNotKept
  case recoveryForgetsCalls
  case lockIgnored
  case textsExchanged
  case intentNotSynced
  case answerNotSynced
  // Files
  case rowDropped
  case segmentsMiscounted
  case plannedSegmentsMiscounted
  case planDiffers
  case deliveriesCountedTwice
  // Receiving
  case pageNotKept
  case fetchNotSynced
  case pageNotSynced
  case pushNotSynced
  case pushAnsweredEarly
  case pushesRefused
  case offsetBeforeCommit
  case lossUntold
  case lossElsewhere
  case lossInvented
  case replyTextLost
  case codeMisread
  case reportToOtherAccount

  #if DEFECTS
    private static let planted: Defect? =
      unsafe getenv("QUNFA_DEFECT").flatMap { name in unsafe Defect(rawValue: String(cString: name)) }

    /// Whether this process is to behave wrongly in this way.
    public static func isPlanted(_ defect: Defect) -> Bool { planted == defect }
  #else
    /// Never, in a release.
    @inlinable @inline(__always) public static func isPlanted(_ defect: Defect) -> Bool { false }
  #endif
}
