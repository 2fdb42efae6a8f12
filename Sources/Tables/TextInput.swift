import Platform

/// A file's text as UTF-8, a window at a time, with the knowledge of how far it is valid.
///
/// UTF-8 goes from the file into the window without another copy; everything else through a `Transcoder`.
struct TextInput: ~Copyable {
  /// The window. Sixteen readable zero bytes lie behind its last byte.
  private(set) var text = ByteBuffer(capacity: 2 * Limits.readBytes)
  /// Whether the window holds the end of the file.
  private(set) var atEnd = false
  /// All bytes of the window before this index are valid UTF-8 and not NUL.
  private(set) var clean = 0
  /// Whether a byte that is invalid or NUL stands at `clean`.
  private(set) var isDirty = false
  /// What the file is read as.
  private(set) var encoding = TextEncoding.utf8

  private var raw: RawInput
  /// Bytes that are read but not yet taken into the window.
  private var encoded = ByteBuffer(capacity: Limits.readBytes)
  private var headIsWaiting = true
  private var transcoder: Transcoder?
  /// Whether all bytes so far were ASCII and the encoding is still to be found out.
  private var isUndecided = false

  var path: String { raw.path }
  var digest: [UInt8]? { raw.digest }

  /// Opens a file. A byte order mark wins over `label`: it is part of the file, the label is what somebody said about
  /// it.
  static func open(
    _ path: String, _ format: TableFormat, label: String, digest: Bool
  ) throws(TableError) -> TextInput {
    var input = TextInput(try RawInput(path: path, format: format, digest: digest))
    try input.begin(format.kind, label, Place(file: path))
    return input
  }

  private mutating func begin(_ kind: TableFormat.Kind, _ label: String, _ place: Place) throws(TableError) {
    while encoded.count < 4096, try raw.read(into: &encoded) > 0 {}
    if let mark = ByteOrderMark(encoded.span), let marked = try TextInput.encoding(mark, label: label, place) {
      encoded.removeFirst(mark.length)
      return try use(marked, place)
    }
    switch kind {
    case .csv: try beginTable(label, place)
    case .xml: try beginXML(label, place)
    }
  }

  /// A small XML document in memory.
  static func openXML(_ bytes: consuming ByteBuffer, name: String) throws(TableError) -> TextInput {
    var input = TextInput(RawInput(bytes: bytes, name: name))
    try input.begin(.xml, "auto", Place(file: name))
    return input
  }

  private init(_ raw: consuming RawInput) { self.raw = raw }

  /// Drops the first `consumed` bytes of the window and adds what comes next; at the end only drops.
  mutating func fill(dropping consumed: Int) throws(TableError) {
    text.removeFirst(consumed)
    let wasChecked = clean >= consumed
    clean = max(0, clean - consumed)
    let before = text.count
    while text.count == before, !atEnd { try readMore() }
    TextInput.pad(&text)
    if !isDirty { check(from: clean) } else if !wasChecked { check(from: 0) }
  }

  /// Looks for the next invalid byte from `start` on, which is the first byte of a record.
  mutating func check(from start: Int) {
    let reach = UTF8Check.scan(text.span, from: start)
    clean = reach.end
    isDirty = reach.end < text.count && (!reach.isCut || atEnd)
  }

  // MARK: - Reading

  private mutating func readMore() throws(TableError) {
    if !isUndecided, transcoder == nil, !headIsWaiting {
      if try raw.read(into: &text) == 0 { atEnd = true }
      return
    }
    var isLast = false
    if !headIsWaiting { isLast = try raw.read(into: &encoded) == 0 }
    headIsWaiting = false
    if isUndecided { try decide() }
    if transcoder != nil {
      transcoder?.convert(&encoded, into: &text, isLast: isLast)
    } else {
      TextInput.move(&encoded, to: &text)
    }
    atEnd = isLast
  }

  /// Decides at the first byte that is not ASCII, with a good sample behind it.
  private mutating func decide() throws(TableError) {
    guard let first = UTF8Check.firstNonASCII(encoded.span) else { return }
    var isWhole = false
    while encoded.count - first < Limits.encodingSampleBytes, !isWhole { isWhole = try raw.read(into: &encoded) == 0 }
    isUndecided = false
    let guess = EncodingGuess(encoded.span, isWhole: isWhole)
    try use(guess.encoding, Place(file: path))
  }

  private mutating func use(_ chosen: TextEncoding, _ place: Place) throws(TableError) {
    encoding = chosen
    guard let system = chosen.system else { return }
    transcoder = Transcoder(from: system, unit: chosen.unit)
    guard transcoder != nil else {
      throw TableError(
        .unknownEncoding, "this system cannot read \(chosen.name)", at: place,
        next: "Install the C library's character sets (libc-bin, locales), or save the file as UTF-8.")
    }
  }

  private static func move(_ bytes: inout ByteBuffer, to target: inout ByteBuffer) {
    target.append(bytes.span)
    bytes.clear()
  }

  private static func pad(_ text: inout ByteBuffer) {
    let count = text.count
    for _ in 0..<16 { text.append(0 as UInt8) }
    text.truncate(to: count)
  }
}

// MARK: - Choosing the encoding

extension TextInput {
  private static func encoding(
    _ mark: ByteOrderMark, label: String, _ place: Place
  ) throws(TableError) -> TextEncoding? {
    switch mark.meaning {
    case .encoding(.gb18030): label == "auto" || TextEncoding.labelled(label) == .gb18030 ? .gb18030 : nil
    case .encoding(let encoding): encoding
    case .utf32:
      throw TableError(
        .unknownEncoding, "a file in UTF-32", at: place, expected: TextEncoding.offered, next: "Save it as UTF-8.")
    }
  }

  private mutating func beginTable(_ label: String, _ place: Place) throws(TableError) {
    if label.lowercased() == "auto" {
      guard let wide = EncodingGuess.utf16(encoded.span) else {
        isUndecided = true
        return
      }
      return try use(wide, place)
    }
    var named = try TextInput.known(label, place)
    if named == .utf16LE, !label.lowercased().hasSuffix("le") {
      named = EncodingGuess.utf16(encoded.span) ?? named
    }
    try refuseContradiction(named, said: "the settings say", sequences: 16, place)
    try use(named, place)
  }

  /// XML without mark and label is what its declaration says, and UTF-8 without one (XML 1.0, 4.3.3).
  private mutating func beginXML(_ label: String, _ place: Place) throws(TableError) {
    if label.lowercased() != "auto" { return try use(try TextInput.known(label, place), place) }
    let head = (0..<min(4, encoded.count)).map { encoded.span[$0] }
    if head.starts(with: [0x3C, 0]) { return try use(.utf16LE, place) }
    if head.starts(with: [0, 0x3C]) { return try use(.utf16BE, place) }
    guard let declared = EncodingGuess.declaredInXML(encoded.span) else { return try use(.utf8, place) }
    let named = try TextInput.known(declared, Place(file: place.file, line: 1))
    try refuseContradiction(named, said: "its declaration says", sequences: 2, place)
    // A declaration that can be read as ASCII cannot be in UTF-16, whatever it says.
    guard named.unit == 1 else {
      throw TableError(
        .encodingContradicts, "the declaration says \(named.name), the bytes are not", at: place,
        expected: "a declaration that fits the file", next: "Save the file again as UTF-8.")
    }
    try use(named, place)
  }

  private static func known(_ label: String, _ place: Place) throws(TableError) -> TextEncoding {
    if let encoding = TextEncoding.labelled(label) { return encoding }
    throw TableError(
      .unknownEncoding, "the encoding \"\(label.prefix(40))\" is not known", at: place, expected: TextEncoding.offered)
  }

  /// UTF-8 read as GB18030 or Big5 gives wrong characters without one invalid byte: such a text must never be sent.
  private func refuseContradiction(
    _ named: TextEncoding, said: String, sequences: Int, _ place: Place
  ) throws(TableError) {
    guard named.isEastAsian, EncodingGuess(encoded.span, isWhole: false).isSurelyUTF8(sequences: sequences) else {
      return
    }
    throw TableError(
      .encodingContradicts, "\(said) \(named.name), but the bytes are UTF-8", at: place,
      expected: "one encoding", next: "Set encoding = \"utf-8\", or remove the wrong label from the file.")
  }
}
