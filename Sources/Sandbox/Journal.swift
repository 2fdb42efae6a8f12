import Platform

/// The logs of what the platforms took (a JSON object a line, a line a message) and of what they handed out (a line a
/// report or reply).
///
/// A call's lines are put together in memory and go to the file in one write, before the answer goes out. So a line may
/// be there for a message whose answer never came, and an answer never comes for a message that has no line.
struct Journal: ~Copyable {
  private let file: File?
  private let handedFile: File?
  private var handed = ByteBuffer()
  /// Writes the vendors' bills; nil when nobody asked for them.
  let bills: BillOffice?
  private var lines = ByteBuffer(capacity: 64 * 1024)
  /// What all lines of the call under way begin with.
  private var head = ByteBuffer()
  /// The last text as JSON, since most calls have one for all.
  private var text = ByteBuffer()
  private var textRange: Range<Int>?
  /// Calls written.
  private(set) var commits = 0

  /// - Parameter path: nil logs nothing that is taken.
  /// - Parameter handedPath: nil logs nothing that is handed out.
  init(path: String?, handedPath: String? = nil, bills: BillOffice? = nil) throws(FileError) {
    // In variables of their own, so that the first is closed when the second fails.
    let file = try Journal.open(path)
    let handedFile = try Journal.open(handedPath)
    self.bills = bills
    self.file = file
    self.handedFile = handedFile
    isOn = path != nil
    logsHanded = handedPath != nil
  }

  private static func open(_ path: String?) throws(FileError) -> File? {
    guard let path else { return nil }
    return try File(path, .append)
  }

  private let isOn: Bool
  /// Whether what is handed out is logged.
  let logsHanded: Bool

  /// Takes lines of what is handed out; `commit` writes them.
  mutating func take(handed lines: inout [UInt8]) {
    guard !lines.isEmpty else { return }
    handed.append(lines)
    lines.removeAll(keepingCapacity: true)
  }

  mutating func begin(_ gateway: SandboxGateway, account: String, call: Call, link: borrowing Span<UInt8>) {
    guard isOn else { return }
    textRange = nil
    head.clear()
    head.append("{\"call\":" as StaticString)
    head.append(decimal: call.number)
    head.append(",\"time\":\"" as StaticString)
    head.append(call.now.beijing.spaced)
    head.append("\",\"gateway\":\"" as StaticString)
    head.append(gateway.rawValue)
    head.append("\",\"account\":" as StaticString)
    quote(Array(account.utf8).span, into: &head)
    if link.count > 0 {
      head.append(",\"link_id\":" as StaticString)
      quote(link, into: &head)
    }
    head.append(",\"number\":" as StaticString)
  }

  /// Adds a line.
  ///
  /// - Parameter ids: how many ids follow one another from `firstID`; 0: the platform gives none.
  mutating func note(
    _ recipient: Recipient, of intake: borrowing Intake, _ gateway: SandboxGateway, firstID: UInt64, ids: Int
  ) {
    guard isOn else { return }
    Self.copy(head, to: &lines)
    quote(intake.form[recipient.number], into: &lines)
    lines.append(",\"ids\":[" as StaticString)
    for offset in 0..<ids {
      lines.append(offset > 0 ? ",\"" as StaticString : "\"")
      IDMint.append(firstID + UInt64(offset), of: gateway, to: &lines)
      lines.append(UInt8(ascii: "\""))
    }
    lines.append(UInt8(ascii: "]"))
    if !recipient.custom.isEmpty {
      lines.append(",\"custom_id\":" as StaticString)
      quote(intake.form[recipient.custom], into: &lines)
    }
    if textRange != recipient.text {
      text.clear()
      quote(intake.form[recipient.text], into: &text)
      textRange = recipient.text
    }
    lines.append(",\"text\":" as StaticString)
    Self.copy(text, to: &lines)
    lines.append("}\n" as StaticString)
  }

  /// Writes the lines of the call; false when there were none.
  mutating func commit() throws(FileError) -> Bool {
    guard !lines.isEmpty || !handed.isEmpty else { return false }
    defer { lines.clear() }
    try Journal.write(lines, to: file)
    try Journal.write(handed, to: handedFile)
    handed.clear()
    commits += 1
    return true
  }

  private static func write(_ lines: borrowing ByteBuffer, to file: borrowing File?) throws(FileError) {
    guard !lines.isEmpty else { return }
    switch file {
    case .some(let file): try file.write(lines.span)
    case .none: break
    }
  }

  /// Two fields of `self` at once, which a span of one of them would not allow.
  private static func copy(_ source: borrowing ByteBuffer, to target: inout ByteBuffer) { target.append(source.span) }
}
