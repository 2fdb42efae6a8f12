import JSON
import Platform

/// One frame of a spool file: a head line that a person can read, the payload as it came, a line feed.
///
///     qunfa-spool fetch 0 6b1c2f9a4e50d7c3 {"account":"juhe-main","kind":"reports","at":1794…,"time":"2026-11-11 …"}
///
/// The words of the head: tag, type, payload's length, the first 16 digits of the SHA-256 of type, length, meta and
/// payload, and the meta, one JSON object.
struct SpoolFrame {
  enum Kind: String {
    /// A request is about to be made: pieces and an end follow.
    case fetch
    /// Bytes of the running fetch's answer.
    case piece
    /// The running fetch ended.
    case end
    case push
    /// A file was taken in; its bytes lie beside.
    case `import`
  }

  static let tag = Array("qunfa-spool ".utf8)

  var kind: Kind
  var meta: JSON
  /// The meta as it stands in the head, for the digest.
  private let metaText: String
  var digest: String
  var length: Int
  /// The payload as far as the file has it.
  var payload: [UInt8] = []
  /// The head's first byte in the file.
  var offset = 0

  var account: String { meta["account"]?.text ?? "" }
  var at: Timestamp { Timestamp(nanoseconds: Int64(meta["at"]?.text ?? "") ?? 0) }

  /// Whether the payload is the one that the head was written for.
  var isIntact: Bool {
    payload.count == length && SpoolFrame.digest(kind, metaText, payload.span) == digest
  }

  /// - Parameter line: the head line without its line feed. Nil when it is none.
  init?(head line: borrowing Span<UInt8>) {
    var words: [String] = []
    var start = 0
    for index in 0..<line.count where line[index] == UInt8(ascii: " ") && words.count < 4 {
      if index > start { words.append(line.extracting(start..<index).text) }
      start = index + 1
    }
    guard words.count == 4, start < line.count, words[0] == "qunfa-spool", let kind = Kind(rawValue: words[1]),
      let length = Int(words[2]), (0...Limits.answerBytes).contains(length), words[3].utf8.count == 16
    else { return nil }
    let rest = line.extracting(start..<line.count)
    guard let meta = try? JSON(parsing: rest.array) else { return nil }
    self.kind = kind
    self.length = length
    self.meta = meta
    metaText = rest.text
    digest = words[3]
  }

  /// The first 16 digits of the digest that a head carries.
  static func digest(_ kind: Kind, _ meta: String, _ payload: borrowing Span<UInt8>) -> String {
    var hasher = Digest.Hasher(.sha256)
    hasher.update(Array("\(kind.rawValue) \(payload.count) \(meta)\n".utf8).span)
    hasher.update(payload)
    return Digest.hex(Array(hasher.finish().prefix(8)))
  }

  /// The frame's bytes.
  static func encode(_ kind: Kind, _ members: [JSON.Member], _ payload: borrowing Span<UInt8>) -> [UInt8] {
    let meta = JSON.object(members).serialized
    var frame = ByteBuffer(capacity: meta.utf8.count + payload.count + 64)
    frame.append("qunfa-spool \(kind.rawValue) \(payload.count) \(digest(kind, meta, payload)) \(meta)\n")
    frame.append(payload)
    frame.append(UInt8(ascii: "\n"))
    return frame.array
  }

  /// A moment for the reader and, beside it, for people.
  static func moment(_ at: Timestamp) -> [JSON.Member] {
    [
      JSON.Member("at", .number(String(at.nanoseconds))),
      JSON.Member("time", .string(FixedZone.utc.civil(at).spaced + "Z")),
    ]
  }
}

extension SpoolEntry.Source {
  /// How the names of files with such entries go on behind time and process.
  var label: String {
    switch self {
    case .pull: "pull"
    case .push: "push"
    case .import: "import"
    }
  }
}
