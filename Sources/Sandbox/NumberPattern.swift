/// Which numbers a platform refuses: a whole number, or its beginning or end with one `*`, as `138*` or `*0000`.
public struct NumberPattern: Sendable, Equatable {
  private var head: [UInt8]
  private var tail: [UInt8]
  private var isWhole: Bool

  /// Nil unless it is made of digits with at most one `*`.
  public init?(_ text: String) {
    let parts = text.split(separator: "*", omittingEmptySubsequences: false)
    guard !text.isEmpty, parts.count <= 2 else { return nil }
    guard parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
    head = Array(parts[0].utf8)
    tail = parts.count == 2 ? Array(parts[1].utf8) : []
    isWhole = parts.count == 1
  }

  /// Whether a number, as it was received, is meant.
  func matches(_ number: borrowing Span<UInt8>) -> Bool {
    let needed = head.count + tail.count
    guard isWhole ? number.count == needed : number.count >= needed else { return false }
    for index in head.indices where number[index] != head[index] { return false }
    let start = number.count - tail.count
    for index in tail.indices where number[start + index] != tail[index] { return false }
    return true
  }
}
