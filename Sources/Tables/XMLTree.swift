import Platform

/// An element of a small XML document. Names are local names; `text` is the element's own text, joined.
public struct XMLNode: Sendable, Equatable {
  /// An attribute, decoded.
  public struct Attribute: Sendable, Equatable {
    public var name: String
    public var value: String
  }

  public var name: String
  public var attributes: [Attribute] = []
  public var children: [XMLNode] = []
  public var text = ""

  /// The first child element of that name.
  public subscript(name: String) -> XMLNode? { children.first { $0.name == name } }

  /// The child elements of that name.
  public func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

  /// The value of the attribute of that name.
  public func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}

/// Reads a small XML document, such as a gateway's answer, as a whole: hardened like the reader of files.
public struct XMLTree: Sendable, Equatable {
  /// Reads a document in UTF-8, UTF-16 or the encoding that its declaration names.
  ///
  /// Refuses what is not well formed to its end, any DOCTYPE, NUL, more than `Limits.answerBytes`, and what is beyond
  /// the bounds for XML. `name` says in errors what was read.
  public static func parse(_ bytes: [UInt8], name: String = "answer") throws(TableError) -> XMLNode {
    guard bytes.count <= Limits.answerBytes else {
      throw TableError(
        .xmlBound, "\(bytes.count) bytes of XML", at: Place(file: name), expected: "at most \(Limits.answerBytes)")
    }
    let builder = XMLTreeBuilder()
    var buffer = ByteBuffer(capacity: bytes.count)
    buffer.append(bytes)
    var document = XMLDocument(try TextInput.openXML(buffer, name: name), builder)
    while try document.parseMore() {}
    guard let root = builder.root else { throw TableError(.notXML, "no element", at: Place(file: name)) }
    return root
  }
}

/// Builds the tree from events.
private final class XMLTreeBuilder: XMLEvents {
  private(set) var root: XMLNode?
  private var open: [XMLNode] = []
  private var texts: [[UInt8]] = []
  private var count = 0

  func start(_ name: borrowing Span<UInt8>, isInclusion: Bool, line: Int) throws(XMLFault) {
    count += 1
    guard count <= Limits.xmlTreeElements else {
      throw XMLFault(
        code: .xmlBound, found: "more than \(Limits.xmlTreeElements) elements",
        expected: "at most \(Limits.xmlTreeElements)", line: line)
    }
    open.append(XMLNode(name: name.text))
    texts.append([])
  }

  func attribute(_ name: borrowing Span<UInt8>, _ value: borrowing Span<UInt8>) {
    open[open.count - 1].attributes.append(XMLNode.Attribute(name: name.text, value: value.text))
  }

  func text(_ bytes: borrowing Span<UInt8>) {
    guard !open.isEmpty else { return }
    unsafe bytes.withUnsafeBufferPointer { unsafe texts[texts.count - 1].append(contentsOf: $0) }
  }

  func end() {
    guard var node = open.popLast(), let text = texts.popLast() else { return }
    node.text = text.text
    if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
  }
}
