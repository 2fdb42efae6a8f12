/// Finds what a campaign could save by shortening texts a little: fed once a message, asked at the end.
///
/// - Rows that **spill**: their last segment holds 1 to `mostExcess` units, so that shortening by so much saves a
///   segment.
/// - The **column** that makes them spill: the one whose value, cut to the column's usual length (the median), would
///   most
///   often have saved the segment. Lengths are kept as histograms: of one message in `sampleEvery` for the median, of
///   every row that spills for the answer; memory is O(columns).
/// - The **characters** outside GSM 7-bit that make an otherwise plain text UCS-2 on the international route.
/// - The **longest** text.
///
/// Costs a few nanoseconds for a message that does not spill. A value; `merge` adds what another one has seen.
public struct SegmentLint: Sendable {
  /// Units above a segment boundary that still count as a spill.
  public static let mostExcess = 3
  /// One message in so many is asked for its lengths although it does not spill.
  static let sampleEvery = 64

  let columns: [String]
  private var messages = 0
  private var longest: LongestText?
  /// Rows by units in excess, from 1.
  private var spilling = InlineArray<3, Int>(repeating: 0)
  /// Segments that shortening would save, by their price: few prices occur in a campaign.
  private var saved: [PricedSegments] = []
  private var lengths: [ColumnLengths]
  private var outsiders = Outsiders()
  /// The excess of the message last added, for the lengths that follow.
  private var pendingExcess = 0

  /// - Parameter columns: the columns that the template uses, in the order in which their lengths will be given.
  public init(columns: [String]) {
    self.columns = columns
    lengths = Array(repeating: ColumnLengths(), count: columns.count)
  }

  /// Notes one planned message.
  ///
  /// - Parameter row: the input row, from 1.
  /// - Parameter price: what a segment of it costs.
  /// - Returns: true when the lengths of the row's values are wanted: call `addLength` for each column.
  public mutating func add(row: Int, _ counted: Segments, price: Money) -> Bool {
    messages += 1
    if counted.units > (longest?.counted.units ?? -1) { longest = LongestText(row: row, counted: counted) }
    let excess = counted.segments > 1 ? counted.unitsInExcess : 0
    guard excess > 0, excess <= SegmentLint.mostExcess else {
      pendingExcess = 0
      return messages & (SegmentLint.sampleEvery - 1) == 1
    }
    pendingExcess = excess
    spilling[excess - 1] += 1
    PricedSegments.add(1, at: price, to: &saved)
    return true
  }

  /// Notes the length of one value of the message last added, in UTF-16 units, when `add` asked for it.
  public mutating func addLength(column: Int, units: Int) {
    lengths[column].add(units, excess: pendingExcess, sampled: messages & (SegmentLint.sampleEvery - 1) == 1)
  }

  /// Notes the characters of a text that is UCS-2 under the international rule.
  public mutating func addUCS2(_ text: borrowing Span<UInt8>, _ counted: Segments, price: Money) {
    outsiders.add(text, counted, price: price)
  }

  /// Adds what `other` has seen; both must have the same columns.
  public mutating func merge(with other: SegmentLint) {
    precondition(columns == other.columns)
    messages += other.messages
    if let text = other.longest, text.counted.units > (longest?.counted.units ?? -1) { longest = text }
    for excess in spilling.indices { spilling[excess] += other.spilling[excess] }
    for priced in other.saved { PricedSegments.add(priced.segments, at: priced.price, to: &saved) }
    for column in columns.indices { lengths[column].merge(with: other.lengths[column]) }
    outsiders.merge(with: other.outsiders)
  }

  /// The answers.
  public func report() throws(MoneyError) -> SegmentReport {
    let causes = columns.indices.map { column in
      SegmentReport.Column(name: columns[column], usualLength: lengths[column].median, rows: lengths[column].curable)
    }
    return SegmentReport(
      messages: messages,
      spilling: spilling.indices.map { spilling[$0] },
      saving: try PricedSegments.total(saved),
      columns: causes.filter { $0.rows > 0 }.sorted { ($1.rows, $0.name) < ($0.rows, $1.name) },
      longest: longest,
      characters: outsiders.commonest,
      forced: outsiders.rows,
      otherScripts: outsiders.otherScripts,
      forcedSaving: try PricedSegments.total(outsiders.saved))
  }
}

/// A row with its count.
public struct LongestText: Sendable, Equatable {
  public var row: Int
  public var counted: Segments
}

/// What `SegmentLint` found.
public struct SegmentReport: Sendable, Equatable {
  /// A column with the rows that spill and would not with a value of the column's usual length.
  public struct Column: Sendable, Equatable {
    public var name: String
    /// The median of its values' lengths, in UTF-16 units.
    public var usualLength: Int
    public var rows: Int
  }
  /// A character and the rows whose text is UCS-2 for it, alone or with others.
  public struct Outsider: Sendable, Equatable {
    public var character: Unicode.Scalar
    public var rows: Int
  }

  public var messages: Int
  /// Rows that spill by 1, 2 and 3 units.
  public var spilling: [Int]
  /// What would be saved if all of them were shortened.
  public var saving: Money
  /// The columns that make rows spill, the one with most rows first.
  public var columns: [Column]
  /// The text with most units, the first of its length.
  public var longest: LongestText?
  /// The characters that force UCS-2 on texts that are GSM 7-bit but for a few, the commonest first.
  public var characters: [Outsider]
  /// Rows with such texts.
  public var forced: Int
  /// Rows in UCS-2 whose texts are mostly of another script: nothing to be saved there.
  public var otherScripts: Int
  /// What would be saved if each such character were replaced by one of GSM 7-bit.
  public var forcedSaving: Money

  public var spillingRows: Int { spilling.reduce(0, +) }
}
