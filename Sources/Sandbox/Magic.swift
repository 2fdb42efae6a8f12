/// Numbers that make something happen wherever they are sent, for trying things out by hand: any mobile number whose
/// last eight digits are `999900NN`, as `13899990004` or `0061499990004`. docs/sandbox.md has the table.
enum Magic: UInt8, Sendable, CaseIterable {
  /// The platform refuses the number in its own way.
  case refused = 1
  /// Taken, but missing in the answer.
  case missing
  /// Taken, stands twice in the answer.
  case twice
  /// Taken, then the connection is closed without an answer.
  case closes
  /// Taken, then HTTP status 500.
  case status500
  /// Taken, the answer comes 3 s late.
  case slow
  /// Taken, half of the answer comes.
  case half
  /// Taken, a HTML page comes.
  case html
  /// "Too fast" the first time, taken the second.
  case busyOnce
  /// The report says failed.
  case fails
  /// The report says expired.
  case expires
  /// No report ever comes.
  case neverReports
  /// Somebody replies `收到`.
  case replies
  /// Somebody replies `R`.
  case optsOut

  init?(_ digits: UInt64) {
    let tail = digits % 100_000_000
    guard tail / 100 == 999_900 else { return nil }
    self.init(rawValue: UInt8(tail % 100))
  }

  /// What becomes of the call that carries such a number.
  var mishap: Mishap? {
    switch self {
    case .closes: .close
    case .status500: .status(500)
    case .slow: .slow(3)
    case .half: .half
    case .html: .html
    default: nil
    }
  }
}
