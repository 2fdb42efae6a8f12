import HTTP
import JSON
import Platform

/// Now, on both clocks.
struct Moment: Sendable {
  /// The wall clock, for timestamps.
  var wall: Timestamp
  /// Seconds on a clock that never steps, for limits and delays.
  var clock: Double

  static var now: Moment { Moment(wall: .now, clock: monotonicSeconds()) }

  var beijing: CivilTime { FixedZone.beijing.civil(wall) }
}

/// One request on its way through a platform.
struct Call: Sendable {
  var task: SandboxTask
  /// Counted from 1 for each task of a platform.
  var number: Int
  var now: Moment
  var fault: Fault?

  /// Whether the faults file wants "too fast" for it.
  var isBusy: Bool { fault?.kind == .busy }
  /// The code that the faults file wants it refused with.
  var forcedCode: String? { fault?.kind == .answer ? fault?.code : nil }
}

/// A request with its body taken apart, so that this is done before the sandbox's lock is taken.
struct OpenedRequest: ~Copyable {
  var method: String
  /// Without a final slash.
  var path: String
  var form: RequestForm
  /// The body as JSON; nil when it is none or the platform takes forms.
  var json: JSON?

  /// - Parameter path: the request's, without a final slash.
  init(_ request: ServerRequest, path: String) {
    method = request.method
    self.path = path
    if path.hasPrefix(EmayDesk.folder) {
      form = RequestForm(capacity: request.body.count)
      json = try? JSON(parsing: request.body)
    } else {
      form = RequestForm(request)
    }
  }
}

/// Seconds since 1970 of a date and time in Beijing; nil when the text has another form or there is no such date.
///
/// - Parameter separated: `2018-05-01 12:00:00` instead of `20180501120000`.
/// - Parameter year: takes `0501120000` as well, in this year.
func beijingSeconds(_ text: borrowing Span<UInt8>, separated: Bool = false, year: Int? = nil) -> Int64? {
  let separators: [Int: UInt8] = separated ? [4: 0x2D, 7: 0x2D, 10: 0x20, 13: 0x3A, 16: 0x3A] : [:]
  var digits: [Int] = []
  for index in 0..<text.count {
    let byte = text[index]
    if let separator = separators[index] {
      guard byte == separator else { return nil }
      continue
    }
    guard (0x30...0x39).contains(byte) else { return nil }
    digits.append(Int(byte) - 0x30)
  }
  if let year, digits.count == 10 { digits = String(year).utf8.map { Int($0) - 0x30 } + digits }
  guard digits.count == 14 else { return nil }
  return moment(digits)
}

private func moment(_ digits: [Int]) -> Int64? {
  func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
  let civil = CivilTime(
    year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10), minute: number(10..<12),
    second: number(12..<14))
  guard (1...12).contains(civil.month), (1...31).contains(civil.day) else { return nil }
  // A 31 April would come back as 1 May.
  let moment = FixedZone.beijing.moment(civil)
  return FixedZone.beijing.civil(moment) == civil ? moment.seconds : nil
}
