import Messaging
import Platform

/// What a comparison needs of one of our messages, once its entry is gone.
struct BillMessage {
  var number: UInt64
  /// Its ids among the comparison's.
  var ids = 0..<0
  var billable: Int
  /// All its segments, billable or not.
  var segments: Int
  var units: Int
  var signatureUnits: Int
  var price: Money?
  var cost: Money
  var state: DeliveryState
  var ledgerState: MessageState
  /// Days in the workspace's zone.
  var submitted: Int?
  var reported: Int?

  init(_ entry: borrowing BookEntry, _ days: inout DayClock) {
    number = entry.number
    billable = entry.billableSegments
    segments = entry.segments
    units = entry.units
    signatureUnits = entry.signatureUnits
    price = entry.unitPrice
    cost = entry.cost
    state = entry.state
    ledgerState = entry.ledgerState
    submitted = entry.submittedAt.map { days.day($0) }
    reported = entry.reportedAt.map { days.day($0) }
  }

  /// Why their count of a message differs from ours.
  func cause(theirs: Int) -> DifferenceCause? {
    guard signatureUnits > 0, billable > 0 else { return nil }
    // The encoding is the one with which our own count comes out.
    guard let encoding = [TextEncoding.ucs2, .gsm7].first(where: { Self.segments(units, $0) == segments }) else {
      return nil
    }
    if theirs < billable, Self.segments(units - signatureUnits, encoding) == theirs { return .signatureNotCounted }
    if theirs > billable, Self.segments(units + signatureUnits, encoding) == theirs { return .signatureNotCountedByUs }
    return nil
  }

  private static func segments(_ units: Int, _ encoding: TextEncoding) -> Int {
    units <= encoding.single ? 1 : (units + encoding.part - 1) / encoding.part
  }

  /// Why they bill what we do not.
  /// - Parameter lastDay: the last day that the bill knows of.
  func causeOfBilling(lastDay: Int?) -> DifferenceCause {
    switch ledgerState {
    case .unknown, .sending: return .unknownAccepted
    case .refused: return .refusedButBilled
    case .planned, .cancelled: return .notSentButBilled
    case .failed: return .failedButBilled
    case .accepted: break
    }
    if let reported, let lastDay, reported > lastDay { return .lateReport }
    return state == .failed ? .failedButBilled : .unreportedButBilled
  }

  /// Why they do not bill what we do.
  func causeOfSilence(_ bill: Bill) -> DifferenceCause {
    guard let lastDay = bill.lastDay, let firstDay = bill.firstDay else { return .notBilled }
    if let submitted, !bill.covers(submitted) { return .otherMonth }
    if let reported, reported > lastDay, let submitted, submitted <= lastDay, submitted >= firstDay {
      return .lateReport
    }
    return .notBilled
  }
}

/// Local days of moments that mostly follow closely on one another: the zone is asked once a quarter of an hour.
struct DayClock {
  private let zone: any Zone
  private var quarter = Int64.min
  private var last = 0

  init(_ zone: any Zone) { self.zone = zone }

  /// Days since 1970 in the zone.
  mutating func day(_ moment: Timestamp) -> Int {
    // Zones differ from UTC by quarters of an hour, so a quarter lies in one day.
    let asked = moment.seconds / 900
    guard asked != quarter else { return last }
    quarter = asked
    last = Calendar.day(of: zone.civil(moment))
    return last
  }
}
