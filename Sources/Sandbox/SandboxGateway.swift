/// One of the five platforms that the sandbox plays. `rawValue` is its word in `qunfa.toml`, in the faults file and in
/// the log.
public enum SandboxGateway: String, Sendable, CaseIterable {
  case juhe
  case emay
  case mobset
  case youe
  /// 18sms, the old Chuanglan protocol.
  case eighteen = "18sms"
}

/// What a call wants from a platform. `rawValue` is the word for it in the faults file (`on = "report"`).
public enum SandboxTask: String, Sendable, CaseIterable {
  /// Texts are handed over.
  case submit
  /// Status reports are fetched.
  case report
  /// Replies are fetched.
  case reply
  case balance
  /// Timed texts are withdrawn, or a signature is asked for.
  case other
}
