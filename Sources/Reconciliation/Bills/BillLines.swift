import Messaging
import Platform

/// A bill's lines in memory: about 60 bytes a line and the bytes of its ids, found by id, by our call's id and by
/// number.
final class BillLines {
  /// One line; `Int32` throughout, since a month's bill has millions of them.
  struct Line {
    /// E.164 digits; 0 when the line has none.
    var number: UInt64 = 0
    var idStart: UInt32 = 0
    var idLength: UInt16 = 0
    var linkLength: UInt16 = 0
    var linkStart: UInt32 = 0
    var segments: Int32 = 0
    /// Days since 1970; `noDay` without a date.
    var day = BillLines.noDay
    /// Indexes in `amounts`; -1 when the line has none.
    var price: Int32 = -1
    var amount: Int32 = -1
    var row: UInt32 = 0
    /// A message of ours has it.
    var isClaimed = false
    /// A message of ours has its number.
    var isOurs = false
  }

  static let noDay = Int32.min

  private(set) var lines: [Line] = []
  private(set) var amounts: [Money] = []
  private var amountIndex: [Money: Int32] = [:]
  private var texts = ByteBuffer(capacity: 4096)
  private var byID = LineIndex()
  private var byLink = LineIndex()
  private var byNumber = LineIndex()

  subscript(line: Int) -> Line { lines[line] }
  var count: Int { lines.count }

  // MARK: - Filling

  /// The place of `money` among the amounts, of which a bill has few.
  func index(of money: Money) -> Int32 {
    if let known = amountIndex[money] { return known }
    let index = Int32(amounts.count)
    amounts.append(money)
    amountIndex[money] = index
    return index
  }

  func add(_ line: Line, id: borrowing Span<UInt8>, link: borrowing Span<UInt8>) {
    var line = line
    line.idStart = UInt32(texts.count)
    line.idLength = UInt16(id.count)
    texts.append(id)
    line.linkStart = UInt32(texts.count)
    line.linkLength = UInt16(link.count)
    texts.append(link)
    lines.append(line)
  }

  /// Room for ids is counted in 32 bits.
  var isFull: Bool { texts.count > Int(UInt32.max) - 4096 || lines.count >= Limits.billLines }

  /// To be called once all lines are there.
  func buildIndexes() {
    byID = LineIndex(lines.count) { index in
      let line = lines[index]
      return line.idLength == 0 ? nil : hash(texts, Self.range(line.idStart, line.idLength), line.number)
    }
    byLink = LineIndex(lines.count) { index in
      let line = lines[index]
      return line.linkLength == 0 ? nil : hash(texts, Self.range(line.linkStart, line.linkLength), line.number)
    }
    byNumber = LineIndex(lines.count) { index in
      lines[index].number == 0 ? nil : mixedBits(lines[index].number)
    }
  }

  // MARK: - Finding

  /// Claims all lines of that id; those of the number when the lines name numbers, as an id may be a whole call's.
  func claim(id: borrowing Span<UInt8>, number: UInt64, into found: inout [Int]) {
    claim(id, number, in: &byID, { Self.range($0.idStart, $0.idLength) }, into: &found)
    claim(id, 0, in: &byID, { Self.range($0.idStart, $0.idLength) }, into: &found)
  }

  /// Claims all lines of our call's id and the number.
  func claim(link: borrowing Span<UInt8>, number: UInt64, into found: inout [Int]) {
    claim(link, number, in: &byLink, { Self.range($0.linkStart, $0.linkLength) }, into: &found)
  }

  private func claim(
    _ text: borrowing Span<UInt8>, _ number: UInt64, in index: inout LineIndex, _ range: (Line) -> Range<Int>,
    into found: inout [Int]
  ) {
    guard text.count > 0 else { return }
    var cursor = index.first(hash(text, number))
    while let line = cursor {
      cursor = index.next(line)
      let candidate = lines[line]
      guard !candidate.isClaimed, candidate.number == number,
        texts.span.extracting(range(candidate)).isEqual(to: text)
      else { continue }
      lines[line].isClaimed = true
      found.append(line)
    }
  }

  /// Notes that a message of ours has this number; false when no line has it.
  @discardableResult func noteOurs(_ number: UInt64) -> Bool {
    var cursor = byNumber.first(mixedBits(number))
    var isThere = false
    while let line = cursor {
      cursor = byNumber.next(line)
      guard lines[line].number == number else { continue }
      // All lines of a number are noted together.
      if lines[line].isOurs { return true }
      lines[line].isOurs = true
      isThere = true
    }
    return isThere
  }

  /// The unclaimed lines of a number for which `isFit` holds, in the file's order, at most `Limits.billCandidates`.
  func free(_ number: UInt64, where isFit: (Line) -> Bool) -> [Int] {
    var found: [Int] = []
    byNumber.drop(mixedBits(number)) { lines[$0].isClaimed }
    var cursor = byNumber.first(mixedBits(number))
    while let line = cursor, found.count < Limits.billCandidates {
      cursor = byNumber.next(line)
      if lines[line].number == number, !lines[line].isClaimed, isFit(lines[line]) { found.append(line) }
    }
    return found
  }

  func claim(_ line: Int) { lines[line].isClaimed = true }

  /// Whether a claimed line says the same in all that names a message: `line` is its double.
  func hasClaimedDouble(_ line: Int) -> Bool {
    let wanted = lines[line]
    return claimedDoubles.contains(doubleKey(wanted))
  }

  private lazy var claimedDoubles: Set<UInt64> = {
    Set(lines.lazy.filter { $0.isClaimed && $0.number != 0 }.map { self.doubleKey($0) })
  }()

  private func doubleKey(_ line: Line) -> UInt64 {
    let id = hash(texts, Self.range(line.idStart, line.idLength), line.number)
    return mixedBits(id ^ UInt64(UInt32(bitPattern: line.day)) << 20 ^ UInt64(UInt32(bitPattern: line.segments)))
  }

  func id(_ line: Int) -> String {
    Self.text(texts, Self.range(lines[line].idStart, lines[line].idLength))
  }

  private static func text(_ texts: borrowing ByteBuffer, _ range: Range<Int>) -> String {
    texts.span.extracting(range).text
  }

  func money(_ index: Int32) -> Money? { index < 0 ? nil : amounts[Int(index)] }

  private static func range(_ start: UInt32, _ length: UInt16) -> Range<Int> { Int(start)..<Int(start) + Int(length) }

  private func hash(_ text: borrowing ByteBuffer, _ range: Range<Int>, _ number: UInt64) -> UInt64 {
    hash(text.span.extracting(range), number)
  }

  private func hash(_ text: borrowing Span<UInt8>, _ number: UInt64) -> UInt64 {
    // FNV-1a; equal hashes are told apart by their bytes.
    var bits: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<text.count { bits = (bits ^ UInt64(text[index])) &* 0x100_0000_01B3 }
    return mixedBits(bits ^ mixedBits(number))
  }
}

/// Lines in chains by hash, in the order of the file.
private struct LineIndex {
  private var heads: [Int32] = []
  private var followers: [Int32] = []
  private var mask: UInt64 = 0

  init() {}

  /// - Parameter hash: nil for a line that is not to be found.
  init(_ count: Int, _ hash: (Int) -> UInt64?) {
    var size = 16
    while size < count { size *= 2 }
    mask = UInt64(size - 1)
    heads = Array(repeating: -1, count: size)
    followers = Array(repeating: -1, count: count)
    for line in (0..<count).reversed() {
      guard let hash = hash(line) else { continue }
      let slot = Int(hash & mask)
      followers[line] = heads[slot]
      heads[slot] = Int32(line)
    }
  }

  func first(_ hash: UInt64) -> Int? {
    guard !heads.isEmpty else { return nil }
    let line = heads[Int(hash & mask)]
    return line < 0 ? nil : Int(line)
  }

  func next(_ line: Int) -> Int? { followers[line] < 0 ? nil : Int(followers[line]) }

  /// Takes lines that are of no more use out of the beginning of a chain, so that a number that stands there a million
  /// times is not gone through a million times.
  mutating func drop(_ hash: UInt64, where isUseless: (Int) -> Bool) {
    guard !heads.isEmpty else { return }
    let slot = Int(hash & mask)
    while heads[slot] >= 0, isUseless(Int(heads[slot])) { heads[slot] = followers[Int(heads[slot])] }
  }
}

/// Scatters a value over all 64-bit numbers (the last steps of SplitMix64).
private func mixedBits(_ value: UInt64) -> UInt64 {
  var bits = value &+ 0x9E37_79B9_7F4A_7C15
  bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
  bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
  return bits ^ (bits >> 31)
}
