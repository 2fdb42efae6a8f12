public import Configuration
import Messaging
import Mustache
import Platform
import Tables

/// Tonight's recipients: the contact files read through, every row judged, merged and placed in a call.
///
/// Reading, judging and placing run on the calling thread; finished blocks go through a channel to whoever writes them.
public final class Audience {
  private let campaign: CampaignFile
  private let rules: AudienceRules
  private let sources: [Source]
  private let isConstant: Bool
  private let lintColumns: [String]
  /// The columns of all files in order of first appearance: `rejected.csv` and `failed.csv` show them.
  public let header: [String]
  public private(set) var summary = PlanSummary()
  public private(set) var calls: [Planner.PlacedCall] = []
  private(set) var ownSignatures = OwnSignatures()

  /// One contact file, opened.
  private final class Source {
    let file: WorkspaceFile
    /// Taken out while it is read.
    var reader: TableReader?
    let columns: Judge.Columns
    /// Where each column of the common header stands in this file.
    var places: [Int?] = []

    var digest: [UInt8]? { reader?.digest }

    init(_ file: WorkspaceFile, _ reader: consuming TableReader, _ columns: Judge.Columns) {
      self.file = file
      self.reader = consume reader
      self.columns = columns
    }
  }

  /// Opens all files and fits the template to them: a file that cannot be used stops everything here.
  /// - Parameter digests: whether the files' SHA-256 is wanted when they are read.
  public init(
    _ campaign: CampaignFile, _ rules: AudienceRules, template: CampaignTemplate, digests: Bool
  ) throws(RunError) {
    self.campaign = campaign
    self.rules = rules
    var header: [String] = []
    var sources: [Source] = []
    for file in campaign.contacts.files {
      let reader = try onTable { () throws(TableError) in
        try TableReader(path: file.path, options: campaign.contacts.options(digest: digests))
      }
      // An XML list without records has no columns and no rows.
      if reader.header.isEmpty { continue }
      for name in reader.header where !header.contains(name) { header.append(name) }
      let columns = try Audience.columns(of: reader, campaign, template)
      sources.append(Source(file, reader, columns))
    }
    var lintColumns: [String] = []
    for source in sources {
      source.places = header.map { name in source.columns.header.firstIndex(of: name) }
      for column in source.columns.template.columnsUsed {
        let name = source.columns.header[column]
        if !lintColumns.contains(name) { lintColumns.append(name) }
        source.columns.measured.append((column, lintColumns.firstIndex(of: name) ?? 0))
      }
    }
    self.lintColumns = lintColumns
    self.header = header
    self.sources = sources
    isConstant = sources.allSatisfy(\.columns.template.isConstant)
  }

  private static func columns(
    of reader: borrowing TableReader, _ campaign: CampaignFile, _ template: CampaignTemplate
  ) throws(RunError) -> Judge.Columns {
    let phone: Int
    var externalID: Int?
    phone = try column(campaign.contacts.phone, of: reader, askedBy: "phone", campaign)
    if let name = campaign.contacts.id { externalID = try column(name, of: reader, askedBy: "id", campaign) }
    return Judge.Columns(
      phone: phone, externalID: externalID, template: try template.bind(to: reader.header, of: reader.path),
      header: reader.header)
  }

  /// The column that a key of `[contacts]` names; the error says which key, since the fault may lie in either file.
  private static func column(
    _ name: String, of reader: borrowing TableReader, askedBy key: String, _ campaign: CampaignFile
  ) throws(RunError) -> Int {
    do throws(TableError) { return try reader.column(named: name) } catch {
      var diagnostic = error.diagnostic
      let asked = "(contacts.\(key) = \"\(name)\" in \(campaign.file) asks for it)"
      diagnostic.expected = diagnostic.expected.map { "\($0) \(asked)" } ?? asked
      throw RunError(.input, diagnostic)
    }
  }

  /// The digests of the files that were read, by name.
  public var digests: [(name: String, sha256: String)] {
    sources.compactMap { source in source.digest.map { (source.file.name, Digest.hex($0)) } }
  }

  /// Reads everything: finished blocks go to `blocks`, rejected rows to `rejected`.
  public func read(
    blocks: Channel<MessageBlock>, spare: Channel<MessageBlock>, rejected: inout RejectedFile
  ) throws(RunError) {
    var judge = Judge(rules, lintColumns: lintColumns)
    var planner = Planner(
      routes: rules.routes.map(\.plan), isConstant: isConstant, numbersRepeat: rules.dedupe != .phone)
    guard var carrier = spare.receive() else { return }
    var block = carrier.take()
    var row = 0
    for source in sources {
      guard var reader = source.reader.take() else { continue }
      let columns = source.columns
      // One record ahead: while a row is judged, the next one's number is on its way into the cache.
      var ahead = try Ahead(&reader, judge, columns)
      var fields = Fields()
      while ahead.isRecord {
        let recipient = ahead.recipient
        let line = ahead.line
        swap(&fields, &ahead.fields)
        try ahead.read(&reader, judge, columns)
        row += 1
        if let finding = judge.judge(fields, row: row, recipient, columns, into: &block) {
          summary.rejected[finding.reason, default: 0] += 1
          try rejected.add(
            finding, file: source.file.name, line: line, row: row, fields, phone: columns.phone, source.places)
        }
        guard block.messages.count == Limits.blockMessages else { continue }
        planner.place(&block.messages, isLast: false)
        summary.count(block.messages)
        carrier.put(block)
        guard blocks.send(carrier), let next = spare.receive() else { return }
        carrier = next
        block = carrier.take()
        block.clear()
      }
      source.reader = consume reader
    }
    planner.place(&block.messages, isLast: true)
    summary.count(block.messages)
    summary.rowsRead = row
    summary.lint = judge.lint
    ownSignatures = judge.ownSignatures
    calls = planner.calls
    do throws(MoneyError) {
      try summary.finish(rules.routes, calls, isConstant: isConstant)
    } catch { throw RunError(.usage, error.diagnostic) }
    carrier.put(block)
    blocks.send(carrier)
  }
}

/// The record after the one that is judged.
private struct Ahead: ~Copyable {
  var fields = Fields()
  private(set) var recipient = Judge.Recipient.rejected(Finding(.malformed, ""))
  private(set) var line = 0
  /// False after the last record.
  private(set) var isRecord = true

  init(_ reader: inout TableReader, _ judge: borrowing Judge, _ columns: Judge.Columns) throws(RunError) {
    try read(&reader, judge, columns)
  }

  mutating func read(
    _ reader: inout TableReader, _ judge: borrowing Judge, _ columns: Judge.Columns
  ) throws(RunError) {
    do throws(TableError) { isRecord = try reader.next(into: &fields) } catch {
      throw RunError(.input, error.diagnostic)
    }
    guard isRecord else { return }
    line = reader.line
    recipient = judge.identify(fields, fault: reader.fault, columns)
  }
}

extension CampaignFile.Contacts {
  func options(digest: Bool) -> TableOptions {
    TableOptions(
      encoding: encoding, delimiter: delimiter, record: record, digest: digest)
  }
}
