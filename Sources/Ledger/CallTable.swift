import Database
public import Messaging
public import Platform

/// All calls of a ledger with the answers of their messages, in memory: the newest call that covers a message has the
/// word about it.
public struct CallTable: Sendable {
  /// One call and what its messages were answered.
  public struct Entry: Sendable {
    public var call: Call
    /// Our ids of its earlier attempts.
    public var earlierLinks: [String] = []
    var states: [MessageState]?
    var codes: [String]?
    var segments: [Int]?
    /// Place of its first message in the ends of the ids; -1 when it has no ids.
    var idBase = -1
    /// Some message of it has several ids.
    var hasSeveralIDs = false

    /// The state of a message by its index in the call. A call that was being sent when its run died has no outcome.
    public func state(_ index: Int) -> MessageState {
      if let states, index < states.count { return states[index] }
      return call.state.ofMessages ?? .unknown
    }

    /// Whether all its messages stand alike.
    public var isUniform: Bool { states == nil }

    /// Whether all its messages were answered with the same code.
    public var isOneCode: Bool { codes == nil }

    /// The vendor's answer code for a message by its index in the call.
    public func code(_ index: Int) -> String {
      if let codes, index < codes.count { return codes[index] }
      return call.code
    }

    /// Segments at the gateway that carried it, nil when as planned.
    public func segments(_ index: Int) -> Int? {
      guard call.id != call.root, let segments, index < segments.count else { return nil }
      return segments[index]
    }

    public func covers(_ position: Int) -> Bool { position >= call.first && position < call.first + call.count }
  }

  /// By id.
  public private(set) var entries: [Entry] = []
  /// The gateways' ids one behind the other; several of one message are joined by a blank.
  private var idBytes: [UInt8] = []
  private var idEnds: [UInt32] = []
  /// For each root the places of its calls in `entries`, oldest first; almost all have one.
  private var single: [Int32] = []
  private var families: [Int: [Int]] = [:]

  /// The newest call that carries a message of the plan; nil when the ledger has none.
  public func newest(root: Int, position: Int) -> Int? {
    if let family = families[root] { return family.last { entries[$0].covers(position) } }
    guard root >= 0, root < single.count, single[root] >= 0 else { return nil }
    let place = Int(single[root])
    return entries[place].covers(position) ? place : nil
  }

  /// The call of a root that was never parted or repeated, if it is one whose messages all stand alike with one id each
  /// and the segments that were planned; nil when the messages have to be looked at one by one.
  public func plain(root: Int) -> Int? {
    guard families[root] == nil, root >= 0, root < single.count, single[root] >= 0 else { return nil }
    let entry = entries[Int(single[root])]
    guard entry.idBase >= 0, !entry.hasSeveralIDs, entry.isUniform else { return nil }
    return entry.call.id == entry.call.root || entry.segments == nil ? Int(single[root]) : nil
  }

  /// The hash of a message's only id; 0 when it has none.
  public func idHash(_ range: Range<Int>, seed: UInt64) -> UInt64 {
    range.isEmpty ? 0 : TextHash.of(idBytes.span.extracting(range), seed: seed)
  }

  /// The calls before the newest one that carried it; almost always none.
  public func earlier(root: Int, position: Int) -> [Int] {
    guard let family = families[root] else { return [] }
    return family.filter { entries[$0].covers(position) }.dropLast()
  }

  /// Where the ids of a message stand in `idBytes`; empty without any.
  public func idRange(_ entry: Int, at index: Int) -> Range<Int> {
    let base = entries[entry].idBase
    guard base >= 0, index < entries[entry].call.count else { return 0..<0 }
    let place = base + index
    return (place == 0 ? 0 : Int(idEnds[place - 1]))..<Int(idEnds[place])
  }

  /// Gives the hash of each id in a range of `idRange`, in order; returns how many there are.
  @discardableResult public func forEachID(
    _ range: Range<Int>, seed: UInt64, _ body: (_ part: Int, _ hash: UInt64) -> Void
  ) -> Int {
    let bytes = idBytes.span
    var start = range.lowerBound
    var parts = 0
    for index in range.lowerBound...range.upperBound
    where index == range.upperBound || bytes[index] == UInt8(ascii: " ") {
      if index > start {
        body(parts, TextHash.of(bytes.extracting(start..<index), seed: seed))
        parts += 1
      }
      start = index + 1
    }
    return parts
  }

  /// How many ids stand in a range of `idRange`.
  public func idCount(_ range: Range<Int>) -> Int {
    let bytes = idBytes.span
    var count = 0
    var isInside = false
    for index in range {
      let isBlank = bytes[index] == UInt8(ascii: " ")
      if !isBlank, !isInside { count += 1 }
      isInside = !isBlank
    }
    return count
  }

  /// Appends the ids in a range of `idRange` as they stand.
  public func appendIDs(_ range: Range<Int>, to buffer: inout ByteBuffer) {
    if !range.isEmpty { buffer.append(idBytes.span.extracting(range)) }
  }

  fileprivate mutating func append(_ entry: Entry, hasIDs: Bool, ids: borrowing Span<UInt8>) {
    var entry = entry
    if hasIDs {
      entry.idBase = idEnds.count
      entry.hasSeveralIDs = readIDs(ids, count: entry.call.count)
    }
    let root = entry.call.root
    let place = entries.count
    if root >= 0, root < Limits.plannedCalls {
      while single.count <= root { single.append(-1) }
    }
    if families[root] != nil {
      families[root]?.append(place)
    } else if root < single.count, single[root] < 0 {
      single[root] = Int32(place)
    } else {
      families[root] = root < single.count ? [Int(single[root]), place] : [place]
    }
    entries.append(entry)
  }

  /// A JSON array of texts, as `TextArray` writes it, straight into the bytes.
  /// - Returns: whether a text has a blank: several ids of one message.
  private mutating func readIDs(_ json: borrowing Span<UInt8>, count: Int) -> Bool {
    var hasBlank = false
    let quote = UInt8(ascii: "\"")
    let escape = UInt8(ascii: "\\")
    var left = count
    var index = 0
    while index < json.count, left > 0 {
      guard json[index] == quote else {
        index += 1
        continue
      }
      index += 1
      while index < json.count, json[index] != quote {
        let start = index
        while index < json.count, json[index] != quote, json[index] != escape {
          if json[index] == UInt8(ascii: " ") { hasBlank = true }
          index += 1
        }
        unsafe json.extracting(start..<index).withUnsafeBufferPointer { unsafe idBytes.append(contentsOf: $0) }
        guard index < json.count, json[index] == escape else { continue }
        if index + 1 < json.count {
          index += 1
          if json[index] == UInt8(ascii: "u"), index + 4 < json.count {
            // Only control characters are written so, two hexadecimal digits behind two zeros.
            idBytes.append(CallTable.digit(json[index + 3]) << 4 | CallTable.digit(json[index + 4]))
            index += 5
            continue
          }
        }
        idBytes.append(json[index])
        index += 1
      }
      index += 1
      left -= 1
      idEnds.append(UInt32(truncatingIfNeeded: idBytes.count))
    }
    while left > 0 {
      idEnds.append(UInt32(truncatingIfNeeded: idBytes.count))
      left -= 1
    }
    return hasBlank
  }

  private static func digit(_ byte: UInt8) -> UInt8 {
    byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : byte &- UInt8(ascii: "a") &+ 10
  }

  fileprivate mutating func addEarlier(_ link: String, to call: Int, _ places: [Int: Int]) {
    if let place = places[call] { entries[place].earlierLinks.append(link) }
  }
}

extension CampaignLedger {
  /// All calls with the answers of their messages.
  public func callTable() throws(LedgerError) -> CallTable {
    try ledgerErrors { () throws(DatabaseError) in
      var table = CallTable()
      var select = try database.prepare(
        "SELECT \(CampaignLedger.columns), states, codes, segments, ids FROM calls ORDER BY id")
      while try select.step() {
        var entry = CallTable.Entry(call: CampaignLedger.call(select))
        entry.states = select.optionalText(14).map {
          TextArray.read($0).map { MessageState(rawValue: $0) ?? .unknown }
        }
        entry.codes = select.optionalText(15).map(TextArray.read)
        entry.segments = select.optionalText(16).map { TextArray.read($0).map { Int($0) ?? 0 } }
        let hasIDs = !select.isNull(17)
        select.withBytes(17) { table.append(entry, hasIDs: hasIDs, ids: $0) }
      }
      try readEarlierLinks(into: &table)
      return table
    }
  }

  private func readEarlierLinks(into table: inout CallTable) throws(DatabaseError) {
    var select = try database.prepare(
      "SELECT a.call, a.link_id FROM attempts a JOIN calls c ON c.id = a.call WHERE a.link_id <> c.link_id")
    var places: [Int: Int] = [:]
    while try select.step() {
      if places.isEmpty { for (place, entry) in table.entries.enumerated() { places[entry.call.id] = place } }
      table.addEarlier(select.text(1), to: Int(select.integer(0)), places)
    }
  }
}
