import Messaging
import Platform

@testable import Gateways

/// What documents, lines and forms of known structure say at most, each by a reader of its own.
enum StructureClaims {
  /// The claim of juhe's XML answer, from its tree instead of its text.
  static func markup(_ root: Markup, _ recipients: [Submission.Recipient], codes: [CodeMeaning]) -> Claim {
    var claim = Claim()
    guard local(root) == "returnsms" else { return claim }
    let said = root.children.filter { local($0) == "returnstatus" }.map { FormPairs.trimmed($0.text) }
    let lists = root.children.filter { local($0) == "resplist" }
    for entry in lists.flatMap(\.children) where local(entry) == "resp" {
      let fields = entry.text.split(separator: "#@#", omittingEmptySubsequences: false)
        .map { FormPairs.trimmed(String($0)) }
      guard fields.count > 2 else { continue }
      for (index, recipient) in recipients.enumerated() where international(fields[1]) == recipient.number {
        if fields[2] == "0" { claim.yes[index, default: []].insert(fields[0]) } else { claim.no.insert(index) }
      }
    }
    let refuses = said.contains { word in codes.contains { $0.code == word && $0.answer.verdict != nil } }
    claim.both = claim.no.intersection(claim.yes.keys)
    claim.refusesCall = claim.yes.isEmpty && (refuses || claim.no.count == recipients.count)
    if !said.contains(where: { $0.lowercased() == "success" || $0 == "0" }) { claim.yes = [:] }
    return claim
  }

  private static func local(_ element: Markup) -> String {
    (element.name.split(separator: ":").last.map { String($0) } ?? "").lowercased()
  }

  /// 0 for what is no number.
  private static func international(_ text: String) -> UInt64 {
    var digits = text
    if digits.hasPrefix("+") { digits.removeFirst() } else if digits.hasPrefix("00") { digits.removeFirst(2) }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt64(digits) else { return 0 }
    return digits.count == 11 && digits.hasPrefix("1") ? 86 * 100_000_000_000 + value : value
  }

  /// A line of youe by the places of its fields.
  struct YoueLine {
    var number: String
    var linkID: String
    /// As it stands there and decoded.
    var values: Set<String>

    func fits(_ record: Joined, isReport: Bool) -> Bool {
      let (link, phone, value) =
        isReport
        ? (record.words[2], record.words[3], record.words[4]) : (record.words[1], record.words[2], record.words[3])
      return link == linkID && phone == number && values.contains(isReport ? FormPairs.trimmed(value) : value)
    }
  }

  /// The lines of five fields and more that begin with a number, in order.
  static func youe(_ body: [UInt8], isReport: Bool) -> [YoueLine] {
    body.text.split(separator: "\n").flatMap { $0.split(separator: "\r\n") }.compactMap { line in
      let fields = bare(String(line)).split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
      guard fields.count > 4 else { return nil }
      let number = bare(fields[0])
      let digits = number.filter { $0 != " " && $0 != "+" }
      guard !digits.isEmpty, digits.count <= 18, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      let link = bare(fields[2])
      let value = fields[3..<(fields.count - 1)].joined(separator: "/")
      let values = [value, FormPairs.decoded(value[...].utf8)].map { isReport ? FormPairs.trimmed($0) : $0 }
      return YoueLine(number: number, linkID: ["0", "1", "空"].contains(link) ? "" : link, values: Set(values))
    }
  }

  private static func bare(_ text: String) -> String {
    FormPairs.trimmed(String(text.drop { $0 == "\0" }.reversed().drop { $0 == "\0" }.reversed()))
  }

  /// The fields of a push in which a record's words must stand, and the words.
  static func words(_ page: ReportPage) -> [[(field: String, word: String)]] {
    let reports = page.reports.map {
      [("msgid", $0.messageID), ("linkid", $0.linkID), ("mobile", $0.number), ("status report", $0.code)]
    }
    let replies = page.replies.map {
      [
        ("linkid", $0.linkID), ("mobile", $0.number), ("msg message", $0.text), ("destcode", $0.accessCode),
        ("emshead", $0.part?.group ?? ""),
      ]
    }
    return reports + replies
  }
}
