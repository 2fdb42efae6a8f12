import Ledger
import Platform

/// Parts of one long reply, in whatever order they came.
struct ReplyGroup: Equatable {
  /// The text of each part by its index; doubled ones count once.
  private(set) var texts: [Int: String] = [:]
  /// Ids of all parts.
  private(set) var parts: [Int] = []
  private(set) var total: Int
  /// Of the part that came first.
  private(set) var first: StoredReply
  private(set) var earliest: Timestamp
  private(set) var latest: Timestamp
  /// When the first of them came in here.
  private(set) var arrived: Timestamp
  /// The whole reply that some of the parts were given as already.
  private(set) var whole: Int?
  /// Whether a part is among them that was not given yet.
  private(set) var hasNews = false

  init(_ part: StoredReply, whole: Int? = nil) {
    total = part.partTotal
    first = part
    earliest = part.time
    latest = part.time
    arrived = part.receivedAt
    take(part, whole)
  }

  var isComplete: Bool { texts.count == total }

  /// The parts in order, `…` for each stretch that is not there.
  var text: String {
    var text = ""
    var isMissing = false
    for index in 1...max(total, 1) {
      if let part = texts[index] {
        text += part
        isMissing = false
      } else if !isMissing {
        text += "…"
        isMissing = true
      }
    }
    return text
  }

  /// Whether the part may belong here: near in time, and either lacking or the same as the one that is here.
  func accepts(_ part: StoredReply) -> Bool {
    let apart = max(latest - part.time, part.time - earliest)
    guard apart <= Limits.replyPartsApartSeconds else { return false }
    return texts[part.partIndex].map { $0 == part.text } ?? true
  }

  mutating func take(_ part: StoredReply, _ whole: Int? = nil) {
    texts[part.partIndex] = part.text
    parts.append(part.id)
    earliest = min(earliest, part.time)
    latest = max(latest, part.time)
    arrived = min(arrived, part.receivedAt)
    if let whole { self.whole = self.whole ?? whole } else { hasNews = true }
  }

  /// Divides parts of one account, number, group id and total into replies: a group id comes again after a while.
  /// - Parameter parts: by id, each with the whole it was given as.
  static func divide(_ parts: [(part: StoredReply, whole: Int?)]) -> [ReplyGroup] {
    var groups: [ReplyGroup] = []
    for (part, whole) in parts {
      let home = groups.lastIndex { group in
        // What was given together stays together.
        if let whole, let own = group.whole { return whole == own }
        return group.accepts(part)
      }
      if let home { groups[home].take(part, whole) } else { groups.append(ReplyGroup(part, whole: whole)) }
    }
    return groups
  }
}

extension StoredReply {
  /// The gateway's time, which tells nothing of retries; that of arrival when there is none.
  var time: Timestamp { repliedAt ?? receivedAt }

  var isPart: Bool { partTotal > 1 && partIndex >= 1 && partIndex <= partTotal }
}
