import Platform
import Tables

/// An element of an XML answer.
struct XMLElement: Equatable {
  var name: String
  var text = ""
  var children: [XMLElement] = []
}

/// The XML answer that some resellers give whatever `rt` asks for: root `returnsms` with `returnstatus` and
/// `resplist/resp`, each `mid#@#mobile#@#result#@#` (one capture; the document shows no XML).
enum JuheXML {
  static func read(_ body: [UInt8]) throws(UnreadableAnswer) -> ListAnswer {
    try answer(in: parse(body))
  }

  /// The one place that knows the XML reader.
  private static func parse(_ body: [UInt8]) throws(UnreadableAnswer) -> XMLElement {
    do throws(TableError) { return element(try XMLTree.parse(body)) } catch {
      throw UnreadableAnswer("the answer is XML that cannot be read (\(error.code.rawValue))")
    }
  }

  private static func element(_ node: XMLNode) -> XMLElement {
    XMLElement(name: node.name, text: node.text, children: node.children.map(element))
  }

  static func answer(in root: XMLElement) throws(UnreadableAnswer) -> ListAnswer {
    guard root.name.lowercased() == "returnsms" else {
      throw UnreadableAnswer("the answer is XML or a web page, but not the gateway's (returnsms)")
    }
    guard let status = child("returnstatus", of: root)?.text.trimmingBlanks, !status.isEmpty else {
      throw UnreadableAnswer("the XML answer has no returnstatus")
    }
    let list = child("resplist", of: root)?.children.filter { $0.name.lowercased() == "resp" }
    return ListAnswer(code: status.lowercased() == "success" ? "0" : status, entries: list?.map(entry))
  }

  private static func entry(_ element: XMLElement) -> AnswerEntry {
    let parts = fields(of: Array(element.text.utf8))
    guard parts.count >= 3 else { return AnswerEntry() }
    let number = DomesticNumber.international(Array(parts[1].utf8).span, domestic: true)
    return AnswerEntry(number: number, id: parts[0], code: parts[2])
  }

  private static func child(_ name: String, of element: XMLElement) -> XMLElement? {
    element.children.first { $0.name.lowercased() == name }
  }

  /// What stands between the `#@#`, trimmed.
  private static func fields(of bytes: [UInt8]) -> [String] {
    var fields: [String] = []
    var start = 0
    var place = 0
    let (hash, at) = (UInt8(ascii: "#"), UInt8(ascii: "@"))
    while place + 3 <= bytes.count {
      if bytes[place] == hash, bytes[place + 1] == at, bytes[place + 2] == hash {
        fields.append(Array(bytes[start..<place]).text.trimmingBlanks)
        place += 3
        start = place
      } else {
        place += 1
      }
    }
    return fields + [Array(bytes[start...]).text.trimmingBlanks]
  }
}
