import Messaging
import Mustache
import Platform

/// Judges, routes and merges one row after the other: every row ends as a planned message or as a finding.
struct Judge: ~Copyable {
  /// Where the values of interest stand in one file.
  final class Columns {
    let phone: Int
    let externalID: Int?
    let template: RowTemplate
    /// The file's header, for findings.
    let header: [String]
    /// The columns whose values the lint measures, and their numbers there.
    var measured: [(column: Int, lint: Int)] = []

    init(phone: Int, externalID: Int?, template: RowTemplate, header: [String]) {
      self.phone = phone
      self.externalID = externalID
      self.template = template
      self.header = header
    }

    func finding(_ fault: MergeResult) -> Finding {
      Finding(fault == .tooLong ? .tooLong : .missingValue, fault.detail(columns: header) ?? "")
    }
  }

  private let rules: AudienceRules
  private var planned: NumberSet
  private var merged = ByteBuffer(capacity: 1024)
  /// The text as the gateway counts it: signature, merged text, opt-out words. `sentFrom` is where the sent part
  /// starts.
  private var text = ByteBuffer(capacity: 1024)
  private(set) var lint: SegmentLint
  private(set) var ownSignatures = OwnSignatures()

  /// - Parameter lintColumns: the columns that the template uses, by the names of the common header.
  init(_ rules: AudienceRules, lintColumns: [String]) {
    self.rules = rules
    planned = NumberSet(capacity: 4096)
    lint = SegmentLint(columns: lintColumns)
  }

  /// Whom a row is for, as far as its number tells.
  enum Recipient {
    case rejected(Finding)
    case known(number: UInt64, region: Region, route: Int)
  }

  /// Judges a row's number and starts looking it up, a row ahead of `judge`.
  /// - Parameter fault: why the reader calls the record damaged, nil when it is sound.
  func identify(_ fields: borrowing Fields, fault: String?, _ columns: Columns) -> Recipient {
    if let fault { return .rejected(Finding(.malformed, fault)) }
    switch PhoneNumber.judge(fields[columns.phone], home: rules.home) {
    case .rejected(let fault): return .rejected(fault.finding)
    case .valid(let number, let region):
      planned.prefetch(number)
      rules.suppressed.prefetch(number)
      guard let route = rules.routes.firstIndex(where: { $0.serves(region.code) }) else {
        return .rejected(Finding(.unsupportedRegion, "no gateway of this campaign serves \(region)"))
      }
      return .known(number: number, region: region, route: route)
    }
  }

  /// - Returns: nil when the row was planned: its message is then the last of `block`.
  mutating func judge(
    _ fields: borrowing Fields, row: Int, _ recipient: Recipient, _ columns: Columns, into block: inout BlockContent
  ) -> Finding? {
    guard case .known(let number, let region, let route) = recipient else {
      if case .rejected(let finding) = recipient { return finding }
      return nil
    }
    if rules.dedupe == .phone, planned.contains(number) { return Finding(.duplicate, "the number was planned before") }
    if rules.suppressed.contains(number) { return Finding(.suppressed, "the number is on the suppression list") }
    if let finding = merge(fields, columns) { return finding }
    return place(fields, row: row, number, region, route, columns, &block)
  }

  /// Fills `merged`.
  private mutating func merge(_ fields: borrowing Fields, _ columns: Columns) -> Finding? {
    merged.clear()
    switch columns.template.merge(fields, into: &merged) {
    case .merged: break
    case let fault: return columns.finding(fault)
    }
    if merged.span.isBlank { return Finding(.emptyText, "nothing is left of the text after merging") }
    return nil
  }

  private mutating func place(
    _ fields: borrowing Fields, row: Int, _ number: UInt64, _ region: Region, _ route: Int, _ columns: Columns,
    _ block: inout BlockContent
  ) -> Finding? {
    let sentFrom = Judge.compose(&text, merged, rules.routes[route].signature, rules.optOut)
    let count = Segments.count(text.span, rule: rules.routes[route].rule)
    if let finding = tooLong(count, rules.routes[route]) { return finding }
    if UTF8Text.hasControls(merged.span) {
      return Finding(.badText, "the text has a control character other than a line feed")
    }
    let hash = textHash(text.span)
    let key = rules.dedupe == .phone ? number : number &* 0x9E37_79B9_7F4A_7C15 ^ hash
    if rules.dedupe != .none, !planned.insert(key) {
      return Finding(.duplicate, "the number was planned before with the same text")
    }
    block.texts.append(text.span.extracting(sentFrom..<text.count))
    ownSignatures.add(row: row, isOwn: TextForm.hasSignature(merged.span))
    if let column = columns.externalID { block.externalIDs.append(fields[column]) }
    block.messages.append(
      PlannedMessage(
        row: row, number: number, textHash: hash, textEnd: block.texts.count, externalIDEnd: block.externalIDs.count,
        units: Int32(count.units), segments: Int32(count.segments), route: UInt8(route),
        isGSM7: count.encoding == .gsm7, hasLineBreak: text.span.hasLineFeed, region: region.code))
    Judge.measure(&lint, text, fields, row, count, rules.routes[route], region, columns)
    return nil
  }

  /// Tells the lint about a planned message.
  private static func measure(
    _ lint: inout SegmentLint, _ text: borrowing ByteBuffer, _ fields: borrowing Fields, _ row: Int, _ count: Segments,
    _ route: AudienceRoute, _ region: Region, _ columns: Columns
  ) {
    let price = route.price(to: region.code)
    if lint.add(row: row, count, price: price) {
      for (column, number) in columns.measured {
        lint.addLength(column: number, units: UTF8Text.units(of: fields[column]).units)
      }
    }
    if count.encoding == .ucs2, route.rule == .international { lint.addUCS2(text.span, count, price: price) }
  }

  /// Fills `text` with signature, merged text and opt-out words; returns where the part that is sent starts.
  private static func compose(
    _ text: inout ByteBuffer, _ merged: borrowing ByteBuffer, _ signature: Signature, _ optOut: [UInt8]
  ) -> Int {
    text.clear()
    var sentFrom = 0
    if !signature.text.isEmpty, !TextForm.hasSignature(merged.span) {
      text.append(signature.text.span)
      if signature.addedByGateway { sentFrom = text.count }
    }
    text.append(merged.span)
    if !optOut.isEmpty, !merged.span.contains(optOut.span) { text.append(optOut.span) }
    return sentFrom
  }

  private func tooLong(_ count: Segments, _ route: AudienceRoute) -> Finding? {
    if count.segments > rules.maxSegments {
      return Finding(
        .tooLong,
        "\(amount(count.segments, "segment")) (\(amount(count.units, "unit"))), allowed are \(rules.maxSegments)")
    }
    if let most = route.mostUnits, count.units > most {
      return Finding(.tooLong, "\(count.units) units, \(route.plan.name) takes \(most)")
    }
    return nil
  }
}
