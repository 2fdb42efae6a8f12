import Platform

/// Writes the bill of one account as its platform's portal might: juhe, emay and youe a line a message, mobset a line a
/// part (GB18030), 18sms a line a day.
final class BillClerk {
  /// An error that was planted.
  struct Plant {
    /// E.164 digits; empty for a total.
    var phone: String
    var id: String
    var kind: String
  }

  let gateway: SandboxGateway
  private let plan: DeskPlan
  private var pending: [BillPlan.Kind: Int]
  private var writer: BillWriter
  private var messages = 0
  /// What is tried next.
  private var turn = 0
  /// 18sms: messages and segments by day.
  private var days: [String: (messages: Int, segments: Int)] = [:]
  /// Every third message may be billed wrongly.
  private static let stride = 3
  /// Kinds that need no special message.
  private static let rotation: [BillPlan.Kind] = [.missing, .doubled, .segments, .price, .stranger, .nextMonth]

  init(_ gateway: SandboxGateway, path: String, _ plan: DeskPlan, _ bills: BillPlan) throws(FileError) {
    self.gateway = gateway
    self.plan = plan
    pending = bills.errors
    writer = try BillWriter(path: path, header: Self.header(gateway))
  }

  private static func header(_ gateway: SandboxGateway) -> [UInt8] {
    switch gateway {
    case .juhe: Array("\u{FEFF}号码,消息编号,计费条数,单价,提交时间\n".utf8)
    case .emay: Array("手机号码,短信ID,计费条数,单价,金额,发送时间\n".utf8)
    // 手机号码,短信编号,计费条数,单价,发送时间 in GB18030.
    case .mobset: mobsetHeader
    case .youe: Array("手机号,批次号,条数,金额,日期\n".utf8)
    case .eighteen: Array("日期,短信数,计费条数,金额\n".utf8)
    }
  }

  private static let mobsetHeader: [UInt8] = [
    0xCA, 0xD6, 0xBB, 0xFA, 0xBA, 0xC5, 0xC2, 0xEB, 0x2C, 0xB6, 0xCC, 0xD0, 0xC5, 0xB1, 0xE0, 0xBA,
    0xC5, 0x2C, 0xBC, 0xC6, 0xB7, 0xD1, 0xCC, 0xF5, 0xCA, 0xFD, 0x2C, 0xB5, 0xA5, 0xBC, 0xDB, 0x2C,
    0xB7, 0xA2, 0xCB, 0xCD, 0xCA, 0xB1, 0xBC, 0xE4, 0x0A,
  ]

  // MARK: - Messages

  /// Writes the message's lines; returns what is wrong with them.
  func note(_ message: BilledMessage) throws(FileError) -> [Plant] {
    messages += 1
    let isBilled = plan.billOn.bills(message.outcome, isPartial: message.isPartial)
    guard gateway != .eighteen else {
      if isBilled { days[message.time.date, default: (0, 0)].messages += 1 }
      if isBilled { days[message.time.date, default: (0, 0)].segments += message.segments }
      return []
    }
    if !isBilled {
      guard pending[.failed, default: 0] > 0, message.outcome == .failed else { return [] }
      pending[.failed]! -= 1
      try write(message, nil)
      return [plant(message, .failed)]
    }
    guard messages % Self.stride == 0, let kind = nextKind() else {
      try write(message, nil)
      return []
    }
    try write(message, kind)
    guard kind == .stranger else { return [plant(message, kind)] }
    let stranger = stranger(like: message)
    try write(stranger, nil)
    return [plant(stranger, .stranger)]
  }

  private func nextKind() -> BillPlan.Kind? {
    for _ in Self.rotation {
      let kind = Self.rotation[turn % Self.rotation.count]
      turn += 1
      if pending[kind, default: 0] > 0 {
        pending[kind]! -= 1
        return kind
      }
    }
    return nil
  }

  /// Nobody sends to 1990000NNNN in a sandbox.
  private func stranger(like message: BilledMessage) -> BilledMessage {
    var stranger = message
    stranger.digits = 19_900_000_000 + UInt64(messages % 10_000)
    if gateway == .emay { stranger.digits += 8_600_000_000_000 }
    stranger.zeros = gateway == .emay ? 2 : 0
    stranger.firstID = message.firstID ^ 0x5555_5555
    stranger.ids = min(message.ids, 1)
    stranger.segments = 1
    return stranger
  }

  private func plant(_ message: BilledMessage, _ kind: BillPlan.Kind) -> Plant {
    let isAbroad = gateway == .emay
    return Plant(
      phone: (isAbroad ? "" : "86") + String(message.digits),
      id: (0..<message.ids).map { IDMint.text(message.firstID + UInt64($0), of: gateway) }.joined(separator: " "),
      kind: kind.rawValue)
  }

  // MARK: - Lines

  private func write(_ message: BilledMessage, _ kind: BillPlan.Kind?) throws(FileError) {
    guard kind != .missing else { return }
    // A platform that gives every part an id bills it on a line of its own.
    let parts = gateway == .mobset ? max(1, message.ids) : 1
    for part in 0..<parts {
      var segments = gateway == .mobset ? 1 : message.segments
      if kind == .segments, part == 0 { segments += 1 }
      let line = line(message, part: part, segments: segments, kind)
      try writer.write(line)
      if kind == .doubled, part == 0 { try writer.write(line) }
    }
  }

  private func line(_ message: BilledMessage, part: Int, segments: Int, _ kind: BillPlan.Kind?) -> String {
    let number = String(repeating: "0", count: Int(message.zeros)) + String(message.digits)
    let price = MicroYuan(value: price(message).value + (kind == .price ? 10_000 : 0))
    let amount = MicroYuan(value: price.value * segments).text
    let id = message.ids > 0 ? IDMint.text(message.firstID + UInt64(part), of: gateway) : ""
    var time = message.time
    if kind == .nextMonth {
      time.month = time.month % 12 + 1
      if time.month == 1 { time.year += 1 }
      time.day = min(time.day, 28)
    }
    return switch gateway {
    case .emay: "\(number),\(id),\(segments),\(price.text),\(amount),\(time.spaced)\n"
    case .youe: "\(number),\(message.link.text),\(segments),\(amount),\(time.date)\n"
    default: "\(number),\(id),\(segments),\(price.text),\(time.spaced)\n"
    }
  }

  private func price(_ message: BilledMessage) -> MicroYuan {
    if let price = plan.billPrice { return MicroYuan(value: price) }
    return MicroYuan(value: Self.usualPrice(gateway, message))
  }

  /// The prices of the samples (samples/qunfa.toml), in millionths of a yuan.
  private static func usualPrice(_ gateway: SandboxGateway, _ message: BilledMessage) -> Int {
    switch gateway {
    case .juhe: return 35_000
    case .mobset: return 45_000
    case .youe: return 40_000
    case .eighteen: return 38_000
    case .emay:
      let digits = String(message.digits)
      let byPrefix = [("852", 300_000), ("61", 420_000), ("86", 60_000), ("1", 60_000)]
      return byPrefix.first { digits.hasPrefix($0.0) }?.1 ?? 500_000
    }
  }

  // MARK: - The end

  /// Writes the totals, and gives the file its name.
  func finish() throws(FileError) -> [Plant] {
    var plants: [Plant] = []
    let price = plan.billPrice ?? 38_000
    for (index, day) in days.sorted(by: { $0.key < $1.key }).enumerated() {
      var segments = day.value.segments
      if index == 0, pending[.segments, default: 0] > 0 {
        segments += 1
        plants.append(Plant(phone: "", id: "", kind: "total"))
      }
      try writer.write("\(day.key),\(day.value.messages),\(segments),\(MicroYuan(value: price * segments).text)\n")
    }
    try writer.finish()
    return plants
  }
}

/// Segments by the rule of texts that go abroad, from the document's own words: GSM 03.38 where it has every sign (its
/// extension counting two), 160 or 153 a segment; else 70 or 67.
func internationalSegments(_ text: borrowing Span<UInt8>) -> Int {
  var septets = 0
  for scalar in text.text.unicodeScalars {
    if GSMAlphabet.extended.contains(scalar) {
      septets += 2
    } else if GSMAlphabet.basic.contains(scalar) {
      septets += 1
    } else {
      return domesticSegments(units(text))
    }
  }
  return septets <= 160 ? 1 : (septets + 152) / 153
}

private enum GSMAlphabet {
  static let basic = Set(
    ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
      + "abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
  static let extended = Set("^{}\\[~]|€\u{0C}".unicodeScalars)
}
