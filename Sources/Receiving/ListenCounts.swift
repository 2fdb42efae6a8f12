import Platform

/// What a listener did with what came, without numbers and texts.
struct ListenCounts: Equatable {
  /// Kept and answered.
  var kept = 0
  /// Of these: nothing in them could be read. A person may.
  var unreadable = 0
  var badPath = 0
  var badSource = 0
  var badSender = 0
  var badMethod = 0
  /// Bodies beyond `Limits.pushBytes`, which the server refuses by itself.
  var tooLarge = 0
  /// The disk refused: the gateway was told to try again.
  var diskFault = 0

  var words: String {
    let refusals = [
      (badPath, "wrong path"), (badSource, "address not allowed"), (badSender, "wrong receiver or password"),
      (badMethod, "neither GET nor POST"), (tooLarge, "too large"), (diskFault, "the disk refused"),
    ]
    let refused = refusals.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let kept = "\(amount(kept, "push", "pushes")) kept" + (unreadable > 0 ? " (\(unreadable) unreadable)" : "")
    return kept + ", " + (refused.isEmpty ? "none refused" : "refused: " + refused.joined(separator: ", "))
  }
}
