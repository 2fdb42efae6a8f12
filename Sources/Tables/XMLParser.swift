import CXML2
import Platform

/// What a document contains, told in its order. Bytes are valid only during the call.
protocol XMLEvents: AnyObject {
  /// An element begins; its attributes follow one by one.
  /// - Parameters:
  ///   - name: the local name.
  ///   - isInclusion: an element of the XInclude namespace, an instruction to other programs that is never carried out.
  ///   - line: physical line on which the tag starts.
  func start(_ name: borrowing Span<UInt8>, isInclusion: Bool, line: Int) throws(XMLFault)
  func attribute(_ name: borrowing Span<UInt8>, _ value: borrowing Span<UInt8>) throws(XMLFault)
  /// A part of the text in the element that is open; one text may come in many parts.
  func text(_ bytes: borrowing Span<UInt8>) throws(XMLFault)
  func end() throws(XMLFault)
}

/// Why a document is refused.
struct XMLFault: Error, Equatable {
  var code: TableError.Code
  var found: String
  var expected: String?
  var next: String?
  var line: Int?
  var column: Int?

  func error(in file: String) -> TableError {
    TableError(code, found, at: Place(file: file, line: line, column: column), expected: expected, next: next)
  }
}

/// libxml2's push parser, hardened: a DOCTYPE ends it as it starts, there are no entities but the five of XML itself,
/// nothing is opened, and depth, attributes, names and tags are bounded. Wants valid UTF-8 with line ends normalised.
@safe final class XMLParser {
  // Only this object holds the parser, and frees it.
  private let context: xmlParserCtxtPtr
  private let handler: any XMLEvents
  private var depth = 0
  private var hasBytes = false
  private var stopped: XMLFault?
  private var value = ByteBuffer()
  /// The unfinished tag at the end of what was fed.
  private var tag = PendingTag()

  init(handler: any XMLEvents) {
    self.handler = handler
    XMLParser.prepare
    var sax = unsafe xmlSAXHandler()
    unsafe XMLParser.fill(&sax)
    guard let context = unsafe xmlCreatePushParserCtxt(&sax, nil, nil, 0, nil) else {
      preconditionFailure("libxml2 has no memory")
    }
    unsafe self.context = context
    unsafe context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    // Neither network nor the encoding that the declaration names: what is fed is UTF-8.
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
    unsafe xmlCtxtUseOptions(context, Int32(options))
    unsafe xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
  }

  deinit {
    unsafe xmlFreeDoc(context.pointee.myDoc)
    unsafe xmlFreeParserCtxt(context)
  }

  private static let prepare: Void = xmlInitParser()

  /// Parses the next part of the document.
  func feed(_ bytes: borrowing Span<UInt8>) throws(XMLFault) {
    var start = 0
    hasBytes = true
    while start < bytes.count {
      let end = min(bytes.count, start + Limits.xmlChunkBytes)
      unsafe bytes.extracting(start..<end).withUnsafeBufferPointer { part in
        unsafe part.baseAddress?.withMemoryRebound(to: CChar.self, capacity: part.count) { characters in
          _ = unsafe xmlParseChunk(context, characters, Int32(part.count), 0)
        }
      }
      try check()
      try checkTag()
      start = end
    }
  }

  /// Says that the document is over; one that is cut is an error.
  func finish() throws(XMLFault) {
    guard hasBytes else {
      throw XMLFault(code: .notXML, found: "an empty document", expected: "an XML document")
    }
    unsafe xmlParseChunk(context, nil, 0, 1)
    let last = unsafe xmlCtxtGetLastError(context)
    if unsafe depth > 0 && last?.pointee.code == Int32(XML_ERR_DOCUMENT_END.rawValue) {
      throw XMLFault(
        code: .notXML, found: "the document ends before its first element is closed", expected: "a whole XML document",
        next: "The file was cut, perhaps on its way here. Fetch it again.", line: inputLine)
    }
    try check()
  }

  private func check() throws(XMLFault) {
    if let stopped { throw stopped }
    guard unsafe context.pointee.wellFormed == 0 || context.pointee.disableSAX != 0 else { return }
    var fault = XMLFault(
      code: .notXML, found: "not well-formed XML", next: "Nothing was read from this file: repair it.")
    if let last = unsafe xmlCtxtGetLastError(context) {
      fault.line = unsafe Int(last.pointee.line)
      fault.column = unsafe last.pointee.int2 > 0 ? Int(last.pointee.int2) : nil
      if let words = unsafe last.pointee.message {
        let text = unsafe String(cString: words).prefix(200).filter { $0 != "\n" }
        fault.found = "not well-formed XML: \(text)"
      }
    }
    throw fault
  }

  /// A tag is given to the handler when it is whole; so its size is bounded here, before the quadratic search for
  /// doubled attributes.
  private func checkTag() throws(XMLFault) {
    guard let input = unsafe context.pointee.input, let begin = unsafe input.pointee.cur else { return }
    let waiting = unsafe UnsafeBufferPointer(start: begin, count: input.pointee.end - begin)
    unsafe tag.update(waiting, parsed: input.pointee.consumed + UInt(begin - input.pointee.base))
    if tag.count > Limits.xmlTagBytes {
      throw bound("a tag, comment or instruction", "\(Limits.xmlTagBytes) bytes", line: inputLine)
    }
    if tag.attributes > Limits.xmlAttributes {
      throw bound("an element", "\(Limits.xmlAttributes) attributes", line: inputLine)
    }
  }

  private func bound(_ what: String, _ most: String, line: Int) -> XMLFault {
    XMLFault(code: .xmlBound, found: "\(what) with more than \(most)", expected: "at most \(most)", line: line)
  }

  // MARK: - What libxml2 calls

  fileprivate func stop(_ fault: XMLFault) {
    if stopped == nil { stopped = fault }
    unsafe xmlStopParser(context)
  }

  private var inputLine: Int { unsafe context.pointee.input.map { unsafe Int($0.pointee.line) } ?? 0 }

  fileprivate func refuseDoctype() {
    stop(
      XMLFault(
        code: .doctype, found: "a DOCTYPE", expected: "XML without one",
        next: "Remove the DOCTYPE: it can make a reader open other files. A list of contacts needs none.",
        line: inputLine))
  }

  /// The line on which the tag starts that the parser has just read: `line` is where it ends.
  private var tagLine: Int {
    guard let input = unsafe context.pointee.input, let base = unsafe input.pointee.base else { return 0 }
    var line = unsafe Int(input.pointee.line)
    guard var at = unsafe input.pointee.cur else { return line }
    while unsafe at > base, unsafe at.pointee != UInt8(ascii: "<") {
      unsafe at -= 1
      if unsafe at.pointee == 0x0A { line -= 1 }
    }
    return line
  }

  fileprivate func start(
    _ name: UnsafePointer<UInt8>, namespace: UnsafePointer<UInt8>?,
    attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    count: Int, namespaces: Int
  ) {
    depth += 1
    let line = tagLine
    guard depth <= Limits.xmlDepth else { return stop(bound("elements", "\(Limits.xmlDepth) levels", line: line)) }
    guard count + namespaces <= Limits.xmlAttributes else {
      return stop(bound("an element", "\(Limits.xmlAttributes) attributes", line: line))
    }
    let isInclusion = unsafe namespace.map { unsafe String(cString: $0) } == "http://www.w3.org/2001/XInclude"
    do {
      try handler.start(unsafe checked(name, line), isInclusion: isInclusion, line: line)
      guard let attributes = unsafe attributes else { return }
      for index in 0..<count {
        // libxml2 gives local name, prefix, namespace, beginning and end of each.
        guard let name = unsafe attributes[5 * index], let begin = unsafe attributes[5 * index + 3],
          let end = unsafe attributes[5 * index + 4]
        else { continue }
        unsafe decode(UnsafeBufferPointer(start: begin, count: end - begin))
        try handler.attribute(unsafe checked(name, line), value.span)
      }
    } catch { stop(error) }
  }

  @_lifetime(borrow self)
  private func checked(_ name: UnsafePointer<UInt8>, _ line: Int) throws(XMLFault) -> Span<UInt8> {
    let length = unsafe Int(xmlStrlen(name))
    guard length <= Limits.xmlNameBytes else { throw bound("a name", "\(Limits.xmlNameBytes) bytes", line: line) }
    let bytes = unsafe Span(_unsafeStart: name, count: length)
    return unsafe _overrideLifetime(bytes, borrowing: self)
  }

  /// libxml2 hands an ampersand in an attribute over as `&#38;`, for a tree that would resolve entities later.
  private func decode(_ raw: UnsafeBufferPointer<UInt8>) {
    value.clear()
    var index = 0
    while index < raw.count {
      let byte = unsafe raw[index]
      value.append(byte)
      index += byte == UInt8(ascii: "&") ? 5 : 1
    }
  }

  fileprivate func text(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    guard let bytes = unsafe bytes, count > 0 else { return }
    do { try handler.text(unsafe Span(_unsafeStart: bytes, count: count)) } catch { stop(error) }
  }

  fileprivate func end() {
    depth -= 1
    do { try handler.end() } catch { stop(error) }
  }
}

/// The part of a start tag that the parser holds back because its end has not come.
private struct PendingTag {
  private(set) var count = 0
  private(set) var attributes = 0
  private var begin: UInt = .max
  private var quote: UInt8 = 0

  /// Counts the equals signs outside quotes in what is new.
  mutating func update(_ waiting: UnsafeBufferPointer<UInt8>, parsed: UInt) {
    if parsed != begin || waiting.count < count { self = PendingTag() }
    begin = parsed
    let isTag =
      unsafe waiting.count > 1 && waiting[0] == UInt8(ascii: "<") && waiting[1] != UInt8(ascii: "!")
      && waiting[1] != UInt8(ascii: "?")
    if isTag {
      for index in count..<waiting.count {
        let byte = unsafe waiting[index]
        if quote != 0 {
          if byte == quote { quote = 0 }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        } else if byte == UInt8(ascii: "=") {
          attributes += 1
        }
      }
    }
    count = waiting.count
  }
}

// MARK: - The handler's table of functions

extension XMLParser {
  /// Fills the table that libxml2 calls through: what is missing there (entities, subsets, comments) is not told.
  private static func fill(_ sax: inout xmlSAXHandler) {
    unsafe sax.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe sax.internalSubset = { user, _, _, _ in unsafe XMLParser.of(user)?.refuseDoctype() }
    unsafe sax.startElementNs = { user, name, _, namespace, namespaces, _, count, _, attributes in
      guard let name = unsafe name else { return }
      unsafe XMLParser.of(user)?.start(
        name, namespace: namespace, attributes: attributes, count: Int(count), namespaces: Int(namespaces))
    }
    unsafe sax.endElementNs = { user, _, _, _ in unsafe XMLParser.of(user)?.end() }
    unsafe sax.characters = { user, bytes, count in unsafe XMLParser.of(user)?.text(bytes, Int(count)) }
    unsafe sax.ignorableWhitespace = sax.characters
    unsafe sax.cdataBlock = sax.characters
    // Keeps libxml2 from printing; the last error is asked for.
    unsafe sax.serror = { _, _ in }
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> XMLParser? {
    // The context, which makes the calls, never outlives the parser that owns it.
    unsafe user.map { unsafe Unmanaged<XMLParser>.fromOpaque($0).takeUnretainedValue() }
  }
}
