import Platform
import TestSupport
import Testing

@testable import Tables

private let contact = TableOptions(record: "contact")

private func xml(_ text: String) throws -> ReadTable { try ReadTable(text, name: "t.xml", contact) }

private func xmlFailure(_ text: String) throws -> (code: TableError.Code, words: String)? {
  try failure(text, name: "t.xml", contact)
}

@Suite struct XMLReaderTests {
  @Test func `attributes, children and deeper ones are fields, in the order in which they first appear`() throws {
    let table = try xml(
      """
      <?xml version="1.0"?>
      <list when="now"><total>2</total>
        <contact id="1"><name>张伟</name>
          <address kind="home"><city>上海</city></address></contact>
        <contact
           id="2"
           vip="yes">
          <mobile>138</mobile><name/></contact>
      </list>
      """)
    #expect(table.header == ["id", "name", "address/kind", "address/city", "vip", "mobile"])
    #expect(
      table.records == [
        ReadRecord(3, ["1", "张伟", "home", "上海", "", ""]), ReadRecord(5, ["2", "", "", "", "yes", "138"]),
      ])
  }

  @Test func `text keeps its blanks, pieces are joined, entities of XML itself are read`() throws {
    let table = try xml(
      "<l><contact a=\"&amp;x&lt;&#38;#38;&quot;\"><b> 张<![CDATA[<x>]]>&amp;<!-- c -->&#x4F1F; </b></contact></l>")
    #expect(table.records == [ReadRecord(1, ["&x<&#38;\"", " 张<x>&伟 "])])
  }

  @Test func `text of the record element itself is a field of its name`() throws {
    let table = try ReadTable(
      "<l><mobile vip='1'>138</mobile><mobile>139</mobile></l>", name: "t.xml", TableOptions(record: "mobile"))
    #expect(table.header == ["vip", "mobile"])
    #expect(table.records.map(\.fields) == [["1", "138"], ["", "139"]])
  }

  @Test func `namespaces do not matter, inclusions are not carried out`() throws {
    let table = try xml(
      """
      <c:l xmlns:c="urn:c" xmlns:xi="http://www.w3.org/2001/XInclude"><c:contact c:id="1"><c:name>\
      <xi:include href="file:///etc/passwd" parse="text"><xi:fallback>no</xi:fallback></xi:include></c:name></c:contact></c:l>
      """)
    #expect(table.header == ["id", "name"])
    #expect(table.records == [ReadRecord(1, ["1", ""])])
  }

  @Test func `an element that stands twice makes its record malformed`() throws {
    let table = try xml("<l><contact><a>1</a><a>2</a><b>3</b></contact><contact><a>4</a></contact></l>")
    #expect(
      table.records == [
        ReadRecord(1, ["1", "3"], fault: "element 'a' stands twice"), ReadRecord(1, ["4", ""]),
      ])
  }

  @Test func `a field over its bound makes its record malformed`() throws {
    let long = String(repeating: "x", count: Limits.fieldBytes)
    let fault = "field 'a' is longer than 65536 bytes"
    for (text, expected) in [
      ("<l><contact><a>\(long)</a></contact></l>", nil), ("<l><contact><a>\(long)y</a></contact></l>", fault),
      ("<l><contact a='\(long)'/></l>", nil), ("<l><contact a='\(long)y'/></l>", fault),
    ] {
      let table = try xml(text.replacing("</l>", with: "<contact a='next'/></l>"))
      #expect(table.records.map(\.fault) == [expected, nil])
      #expect(table.records[1].fields == ["next"])
    }
  }

  @Test func `lines are those of the start tags, whatever ends them`() throws {
    for end in ["\n", "\r\n", "\r"] {
      let lines = [
        "<l>", "<!-- a", "comment -->", "<contact", " a='1'", "/>", "<b>x", "y</b><![CDATA[", "]]>", "<contact a='2'/>",
        "</l>",
      ]
      let table = try xml(lines.joined(separator: end))
      #expect(table.records.map(\.line) == [4, 10], "\(end.debugDescription)")
    }
    let many = "<l>\n" + String(repeating: "<contact>\n<a>x</a>\n</contact>\n", count: 50_000) + "</l>"
    let table = try xml(many)
    #expect(table.records.count == 50_000)
    #expect(table.records.enumerated().allSatisfy { $1.line == 2 + 3 * $0 })
  }

  @Test(arguments: [
    (
      "<?xml version='1.0'?>\n<!DOCTYPE l>\n<l/>", TableError.Code.doctype,
      """
      t.xml:2: error: a DOCTYPE; expected XML without one
        Remove the DOCTYPE: it can make a reader open other files. A list of contacts needs none.
      """
    ),
    (
      "<l><contact></l>", .notXML,
      """
      t.xml:1:17: error: not well-formed XML: Opening and ending tag mismatch: contact line 1 and l
        Nothing was read from this file: repair it.
      """
    ),
    (
      "<l>\n<contact>&nbsp;</contact></l>", .notXML,
      """
      t.xml:2:16: error: not well-formed XML: Entity 'nbsp' not defined
        Nothing was read from this file: repair it.
      """
    ),
    (
      "<l>\n<contact/>", .notXML,
      """
      t.xml:2: error: the document ends before its first element is closed; expected a whole XML document
        The file was cut, perhaps on its way here. Fetch it again.
      """
    ),
    (
      "<l>\n<contact>a\u{0}b</contact></l>", .notXML,
      """
      t.xml:2: error: a NUL byte; expected text in utf-8
        Save the file again, or declare its true encoding.
      """
    ),
    (
      "<list><person/><person/></list>", .noRecord,
      """
      t.xml: error: no element "contact"; expected one of the elements that the file has: list, person
        Set `record` to the element that is one recipient.
      """
    ),
    (
      "<l><contact>\n<contact/></contact></l>", .nestedRecord,
      """
      t.xml:2: error: an element "contact" inside another; expected records side by side
        Set `record` to the element that is one recipient.
      """
    ),
    (
      "<?xml version='1.0' encoding='utf-7'?><l/>", .unknownEncoding,
      "t.xml:1: error: the encoding \"utf-7\" is not known; expected auto, utf-8, utf-16, gb18030, gbk, big5 or iso-8859-1"
    ),
    (
      "<?xml version='1.0' encoding='gbk'?><l>张伟</l>", .encodingContradicts,
      """
      t.xml: error: its declaration says gb18030, but the bytes are UTF-8; expected one encoding
        Set encoding = "utf-8", or remove the wrong label from the file.
      """
    ),
  ])
  func `broken files are refused as a whole`(text: String, code: TableError.Code, words: String) throws {
    let error = try #require(try xmlFailure(text))
    #expect(error.code == code)
    #expect(error.words == words)
  }

  @Test func `a file that breaks at its end yields no record`() throws {
    let text = "<l>" + String(repeating: "<contact a='1'/>\n", count: 100_000)
    let folder = try TemporaryFolder()
    let path = try folder.write("t.xml", text)
    #expect(throws: TableError.self) { _ = try TableReader(path: path, options: contact) }
  }

  @Test func `structures over a bound are refused`() throws {
    let deep = String(repeating: "<a>", count: Limits.xmlDepth) + String(repeating: "</a>", count: Limits.xmlDepth)
    #expect(try xmlFailure("<l>\(deep)</l>")?.code == .xmlBound)
    let attributes = (0...Limits.xmlAttributes).map { "a\($0)='1'" }.joined(separator: " ")
    #expect(try xmlFailure("<l><contact \(attributes)/></l>")?.code == .xmlBound)
    let name = String(repeating: "n", count: Limits.xmlNameBytes + 1)
    #expect(try xmlFailure("<l><\(name)/></l>")?.code == .xmlBound)
    #expect(try xmlFailure("<l><contact><\(name)/></contact></l>")?.code == .xmlBound)
    let comment = String(repeating: "c", count: Limits.xmlTagBytes + Limits.xmlChunkBytes)
    #expect(try xmlFailure("<l><!--\(comment)--></l>")?.code == .xmlBound)
    let columns = (0...Limits.columns).map { "<f\($0)/>" }.joined()
    #expect(try xmlFailure("<l><contact>\(columns)</contact></l>")?.code == .tooManyColumns)
  }

  @Test func `many attributes in one tag are refused before they cost time`() throws {
    let attributes = (0..<60_000).map { "a\($0)='1'" }.joined(separator: " ")
    let begin = monotonicSeconds()
    #expect(try xmlFailure("<l><contact \(attributes)/></l>")?.code == .xmlBound)
    #expect(monotonicSeconds() - begin < 2)
  }

  @Test func `the record's name is needed`() throws {
    let error = try #require(try failure("<l/>", name: "t.xml", TableOptions()))
    #expect(
      error.words == """
        t.xml: error: an XML file, and no name of the element that is one record; expected a name such as "contact"
          Set `record`.
        """)
  }

  @Test func `a list without records has every column`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.xml", "<contacts/>")
    var reader = try TableReader(path: path, options: contact)
    let column = try reader.column(named: "mobile")
    #expect(column == 0)
    var fields = Fields()
    let more = try reader.next(into: &fields)
    #expect(!more)
  }
}

@Suite struct XMLTreeTests {
  @Test func `a document becomes nodes`() throws {
    let text = "<?xml version='1.0' encoding='utf-8'?><r c=\"&amp;1\"><a>x</a><b/><a> y&lt;</a>tail</r>"
    let root = try XMLTree.parse(Array(text.utf8))
    #expect(root.name == "r")
    #expect(root.attribute("c") == "&1")
    #expect(root.text == "tail")
    #expect(root["a"]?.text == "x")
    #expect(root.all("a").map(\.text) == ["x", " y<"])
    #expect(root["b"] == XMLNode(name: "b"))
    #expect(root["none"] == nil)
  }

  @Test func `GBK is read as declared`() throws {
    let bytes = Array("<?xml version='1.0' encoding='gb2312'?><r>".utf8) + [0xE9, 0x46] + Array("</r>".utf8)
    #expect(try XMLTree.parse(bytes).text == "镕")
  }

  @Test(arguments: [
    ("", "answer: error: an empty document"),
    ("<r>", "answer:1: error: the document ends before its first element is closed"),
    ("<r/>x", "answer:1:5: error: not well-formed XML: Extra content"),
    ("<!DOCTYPE r><r/>", "answer:1: error: a DOCTYPE"),
    ("{\"a\":1}", "answer:1:1: error: not well-formed XML: Document is empty"),
  ])
  func `what is no document is refused`(text: String, words: String) {
    do throws(TableError) {
      _ = try XMLTree.parse(Array(text.utf8))
      Issue.record("parsed")
    } catch {
      #expect(error.diagnostic.description.hasPrefix(words), "\(error.diagnostic)")
    }
  }
}
