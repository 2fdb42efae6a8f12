import JSON
import Messaging
import Platform
import TestSupport
import Testing

/// The public corpus of written numbers with libphonenumber's answers, and the rules by which we deviate from them.
@Suite struct PhoneCorpusTests {
  /// What the oracle knows of a row.
  private struct Row {
    let raw: String
    let e164: String
    let region: String
    let isReachable: Bool
    let isMainlandShape: Bool
    let hasExtension: Bool
    let changedBetweenVersions: Bool

    init(_ line: some Sequence<UInt8>) throws {
      let row = try JSON(parsing: Array(line))
      raw = row["raw"]?.text ?? ""
      e164 = row["e164"]?.text ?? ""
      region = row["region"]?.text ?? ""
      isReachable = row["sms_reachable"] == .boolean(true)
      isMainlandShape = row["regex_11"] == .boolean(true) && row["country_code"]?.text == "86"
      hasExtension = row["ext"]?.text?.isEmpty == false
      changedBetweenVersions = row["old_8_13_0"]?.text?.isEmpty == false
    }

    /// The corpus's README, "Where the oracle is not what a sender wants", 1 to 3: letters are dialled, leading and
    /// trailing text is dropped, extensions parse.
    var holdsMoreThanANumber: Bool {
      hasExtension
        || raw.unicodeScalars.contains { scalar in
          let isLetter = scalar.properties.isAlphabetic && scalar != "ー"
          return isLetter || scalar.properties.isEmojiPresentation || scalar == "\0"
        }
    }

    /// 1[3-9] and nine digits are a mainland number whatever ranges the library knows (design.md §6).
    var expected: (number: UInt64, region: Region)? {
      guard !holdsMoreThanANumber, isReachable || isMainlandShape else { return nil }
      guard let number = UInt64(e164.dropFirst()), let region = Region(region) else { return nil }
      return (number, region)
    }
  }

  @Test func `numbers are judged as libphonenumber does but for the rules above`() throws {
    guard let path = shared("corpora/phone/phones.jsonl") else {
      print("corpora/phone/phones.jsonl is not here: nothing compared")
      return
    }
    let rows = try Files.read(path, limit: 1 << 24).split(separator: 0x0A).map { try Row($0) }
    var compared = 0
    var left = 0
    for row in rows {
      guard !row.changedBetweenVersions else {
        left += 1
        continue
      }
      compared += 1
      let judgement = PhoneNumber.judge(Array(row.raw.utf8).span)
      if let expected = row.expected {
        #expect(judgement == .valid(expected.number, expected.region), "\(row.raw)")
      } else if case .valid(let number, _) = judgement {
        Issue.record("\(row.raw.debugDescription) is valid as \(number)")
      }
    }
    print("phones.jsonl: \(compared) rows compared, \(left) left out because the library's versions differ")
    #expect(compared > 2000)
  }
}
