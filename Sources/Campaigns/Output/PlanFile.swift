public import Configuration
import Messaging
import Platform
import Tables

/// `plan.csv`: every planned message, with what it will cost and how it will go.
public struct PlanFile: ~Copyable {
  private var writer: CSVWriter
  private let routes: [AudienceRoute]
  fileprivate var cells: [Cells] = []
  private var last: Cells?

  public static let columns = [
    "row", "external_id", "phone", "region", "gateway", "endpoint", "encoding", "units", "segments", "cost", "text",
  ]

  /// The cells that all messages of one route, endpoint, country, encoding and length share.
  fileprivate final class Cells {
    let route: UInt8
    let kind: Planner.Kind
    let region: UInt16
    let isGSM7: Bool
    let segments: Int32
    /// region, gateway, endpoint, encoding
    let way: WrittenCells
    /// segments, cost
    let price: WrittenCells

    init(_ message: PlannedMessage, way: WrittenCells, price: WrittenCells) {
      route = message.route
      kind = message.kind
      region = message.region
      isGSM7 = message.isGSM7
      segments = message.segments
      self.way = way
      self.price = price
    }
  }

  public init(_ path: String, _ configuration: Configuration, _ routes: [AudienceRoute]) throws(RunError) {
    self.routes = routes
    writer = try .begin(path, configuration, header: PlanFile.columns)
  }

  /// Appends a block whose messages are placed.
  mutating func add(_ block: borrowing BlockContent) throws(RunError) {
    var textStart = 0
    var idStart = 0
    var phone = ByteBuffer(capacity: 32)
    for message in block.messages {
      let cells = try cells(of: message)
      writer.field(decimal: message.row)
      writer.field(block.externalIDs.span.extracting(idStart..<message.externalIDEnd))
      phone.clear()
      PhoneNumber.append(message.number, to: &phone)
      writer.field(phone.span)
      writer.fields(cells.way)
      writer.field(decimal: Int(message.units))
      writer.fields(cells.price)
      writer.field(block.texts.span.extracting((Defect.isPlanted(.planDiffers) ? 0 : textStart)..<message.textEnd))
      try onWriting { () throws(TableError) in try writer.endRow() }
      textStart = message.textEnd
      idStart = message.externalIDEnd
    }
  }

  private mutating func cells(of message: PlannedMessage) throws(RunError) -> Cells {
    if let last, last.fit(message) { return last }
    if let found = cells.first(where: { $0.fit(message) }) {
      last = found
      return found
    }
    let route = routes[Int(message.route)]
    let cost = try onMoney { () throws(MoneyError) in
      try route.price(to: message.region) * Int(message.segments)
    }
    let made = Cells(
      message,
      way: WrittenCells([
        Region(code: message.region).description, route.plan.name, route.plan.endpoint(message.kind),
        (message.isGSM7 ? TextEncoding.gsm7 : .ucs2).rawValue,
      ]),
      price: WrittenCells([String(message.segments), cost.description]))
    cells.append(made)
    last = made
    return made
  }

  public consuming func finish() throws(RunError) { try finishing(writer, isDurable: false) }
}

extension PlanFile.Cells {
  @inline(__always) func fit(_ message: PlannedMessage) -> Bool {
    segments == message.segments && region == message.region && route == message.route && kind == message.kind
      && isGSM7 == message.isGSM7
  }
}
