public import Configuration
import Messaging
import Platform
import Tables

/// `plan.csv`: every planned message, with what it will cost and how it will go.
public struct PlanFile: ~Copyable {
  private var writer: CSVWriter
  private let routes: [AudienceRoute]
  fileprivate var cells: [Cells] = []
  private var last = 0

  public static let columns = [
    "row", "external_id", "phone", "region", "gateway", "endpoint", "encoding", "units", "segments", "cost", "text",
  ]

  /// The cells that all messages of one route, endpoint, country, encoding and length share.
  fileprivate struct Cells {
    var route: UInt8
    var kind: Planner.Kind
    var region: UInt16
    var isGSM7: Bool
    var segments: Int32
    var way: [UInt8]
    var endpoint: [UInt8]
    var regionText: [UInt8]
    var encoding: [UInt8]
    var cost: [UInt8]
  }

  public init(_ path: String, _ configuration: Configuration, _ routes: [AudienceRoute]) throws(RunError) {
    self.routes = routes
    writer = try .begin(path, configuration, header: PlanFile.columns)
  }

  /// Appends a block whose messages are placed.
  public mutating func add(_ block: MessageBlock) throws(RunError) {
    var textStart = 0
    var idStart = 0
    var phone = ByteBuffer(capacity: 32)
    for message in block.messages {
      let cells = self.cells[try cells(of: message)]
      writer.field(decimal: message.row)
      writer.field(block.externalIDs.span.extracting(idStart..<message.externalIDEnd))
      phone.clear()
      PhoneNumber.append(message.number, to: &phone)
      writer.field(phone.span)
      writer.field(cells.regionText.span)
      writer.field(cells.way.span)
      writer.field(cells.endpoint.span)
      writer.field(cells.encoding.span)
      writer.field(decimal: Int(message.units))
      writer.field(decimal: Int(message.segments))
      writer.field(cells.cost.span)
      writer.field(block.texts.span.extracting(textStart..<message.textEnd))
      try onTable { () throws(TableError) in try writer.endRow() }
      textStart = message.textEnd
      idStart = message.externalIDEnd
    }
  }

  private mutating func cells(of message: PlannedMessage) throws(RunError) -> Int {
    if last < cells.count, cells[last].fit(message) { return last }
    if let found = cells.firstIndex(where: { $0.fit(message) }) {
      last = found
      return found
    }
    let route = routes[Int(message.route)]
    let cost: Money
    do throws(MoneyError) {
      cost = try route.price(to: message.region) * Int(message.segments)
    } catch { throw RunError(.usage, error.diagnostic) }
    cells.append(
      Cells(
        route: message.route, kind: message.kind, region: message.region, isGSM7: message.isGSM7,
        segments: message.segments, way: Array(route.plan.name.utf8), endpoint: Array(route.plan.endpoint(message.kind).utf8),
        regionText: Array(Region(code: message.region).description.utf8),
        encoding: Array((message.isGSM7 ? TextEncoding.gsm7 : .ucs2).rawValue.utf8), cost: Array(cost.description.utf8)))
    last = cells.count - 1
    return last
  }

  public consuming func finish() throws(RunError) { try finishing(writer) }
}

extension PlanFile.Cells {
  @inline(__always) func fit(_ message: PlannedMessage) -> Bool {
    segments == message.segments && region == message.region && route == message.route && kind == message.kind
      && isGSM7 == message.isGSM7
  }
}
