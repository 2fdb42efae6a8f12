import Configuration
import Gateways
import Platform
import Tables
import TestSupport

extension FuzzTarget {
  private static let encodingLabels = ["auto", "utf-8", "gb18030", "utf-16", "utf-16be", "big5", "iso-8859-1", "cp932"]

  /// A file of delimited text; its first two bytes choose delimiter and encoding.
  static let csv = FuzzTarget("csv") { bytes in
    var input = Input(bytes)
    let delimiter = input.choice(of: ["auto", ",", ";", "\t", "|"])
    let options = TableOptions(encoding: input.choice(of: ["auto", "utf-8"]), delimiter: delimiter)
    return table(Array(input.rest), "t.csv", options)
  }

  /// The same in other encodings, the first byte chooses which.
  static let encodings = FuzzTarget("encodings") { bytes in
    var input = Input(bytes)
    let options = TableOptions(encoding: input.choice(of: encodingLabels), delimiter: ",")
    return table(Array(input.rest), "t.csv", options) ?? gb(input.text)
  }

  /// An XML file of records, and the same bytes as a small document; the first byte chooses the record.
  static let xml = FuzzTarget("xml") { bytes in
    var input = Input(bytes)
    let options = TableOptions(record: input.choice(of: ["contact", "a", nil]))
    let document = Array(input.rest)
    if let tree = try? XMLTree.parse(document), tree.name.isEmpty { return "an element without a name" }
    return table(document, "t.xml", options)
  }

  /// Sound records have the header's fields in valid UTF-8, and written as CSV they are read as the same.
  private static func table(_ bytes: [UInt8], _ name: String, _ options: TableOptions) -> String? {
    guard let folder = try? TemporaryFolder(), let path = try? folder.write(name, bytes) else { return "no folder" }
    do {
      var reader = try TableReader(path: path, options: options)
      let width = reader.header.count
      var fields = Fields()
      var sound: [[[UInt8]]] = []
      while try reader.next(into: &fields) {
        let cells = (0..<fields.count).map { fields[$0].array }
        if !cells.allSatisfy(isUTF8) { return "a field is not UTF-8" }
        if reader.line < 1 { return "a record without a line" }
        guard reader.fault == nil else { continue }
        if cells.count != width { return "a sound record has not the header's fields" }
        sound.append(cells)
      }
      return width == 0 ? nil : try written(sound, width, in: folder)
    } catch {
      return nil
    }
  }

  private static func written(_ rows: [[[UInt8]]], _ width: Int, in folder: TemporaryFolder) throws -> String? {
    let path = folder.path + "/again.csv"
    var writer = try CSVWriter.create(
      path, columns: (0..<width).map { "h\($0)" }, format: CSVWriter.Format(encoding: .utf8))
    for row in rows {
      for cell in row { writer.field(cell.span, guarded: false) }
      try writer.endRow()
    }
    try writer.finish(isDurable: false)
    var reader = try TableReader(path: path, options: TableOptions(encoding: "utf-8", delimiter: ","))
    var fields = Fields()
    var index = 0
    while try reader.next(into: &fields) {
      guard index < rows.count, reader.fault == nil else { return "what was written is read as other records" }
      if (0..<fields.count).map({ fields[$0].array }) != rows[index] { return "a written record is read as another" }
      index += 1
    }
    return index == rows.count ? nil : "written records are missing"
  }

  /// A text that Youe carries in GB18030 and brings back is the same.
  private static func gb(_ text: String) -> String? {
    guard !text.unicodeScalars.contains(where: { (0xE78D...0xE864).contains($0.value) }) else { return nil }
    let request = GatewayTargets.youeGB.request(for: GatewayTargets.call(text: text))
    let pairs = request.body.split(separator: UInt8(ascii: "&"))
    guard let field = pairs.first(where: { $0.starts(with: Array("msg=".utf8)) })?.dropFirst(4) else {
      return "no msg in the request"
    }
    let line = Array("13800138000/2026-11-11 09:00:00/\(GatewayTargets.linkID)/".utf8) + field + Array("/".utf8)
    let answer = GatewayAnswer(status: 200, body: line)
    guard case .page(let page) = GatewayTargets.youeGB.page(in: answer, for: .replies), page.replies.count == 1 else {
      return "a text in GB18030 brings no reply"
    }
    return page.replies[0].text == text ? nil : "a text in GB18030 is another one"
  }

  /// `qunfa.toml`: faults are bounded and have words.
  static let configuration = FuzzTarget("configuration") { bytes in
    do throws(ConfigurationError) {
      _ = try Configuration.parse(bytes.text, registry: GatewayRegistry(allGateways))
      return nil
    } catch {
      return faults(error.diagnostics)
    }
  }

  /// `campaign.toml` of a workspace with two accounts.
  static let campaign = FuzzTarget("campaign") { bytes in
    guard let workspace = try? Configuration.parse(settings, registry: GatewayRegistry(allGateways)) else {
      return "the target's own settings are wrong"
    }
    do throws(ConfigurationError) {
      let campaign = try CampaignFile.parse(bytes.text, configuration: workspace)
      return campaign.id.contains("/") || campaign.id.hasPrefix(".") ? "an id that leaves its folder" : nil
    } catch {
      return faults(error.diagnostics)
    }
  }

  private static func faults(_ diagnostics: [Diagnostic]) -> String? {
    if diagnostics.isEmpty { return "an error without words" }
    if diagnostics.count > Limits.configurationFaults + 1 { return "more faults than their bound" }
    for diagnostic in diagnostics where diagnostic.description.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) {
      return "a control character in words for people"
    }
    return nil
  }

  private static let settings = """
    [gateways.juhe]
    protocol = "juhe"
    url = "http://127.0.0.1:1"
    account = "1"
    password = "env:NONE"
    extno = "1069"
    price = "0.05"
    [gateways.emay]
    protocol = "emay"
    url = "http://127.0.0.1:1"
    app_id = "1"
    secret_key = "env:NONE"
    price = "0.05"
    """
}
