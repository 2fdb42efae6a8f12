import Platform
import TestSupport
import Testing

@testable import Gateways

/// Every status code that the five documents list has a class and a meaning in two languages, and so has any other.
@Suite struct StatusCodeTests {
  struct Document: Sendable, CustomTestStringConvertible {
    var name: String
    var type: any ReportingGateway.Type
    /// In the seeds, with the lines between which its table of codes stands.
    var file: String
    var from: String
    var until: String
    /// Classes of all codes of the table.
    var codes: [StatusClass: [String]]
    /// What the documented rule makes of codes that the table does not list.
    var others: [String: StatusClass]
    var testDescription: String { name }
    var all: [String] { codes.values.flatMap(\.self) }
  }

  static let documents = [
    Document(
      name: "juhe", type: Juhe.self, file: "003_c0dc2a28b4d455cd.txt", from: "## 9. STAT", until: "## 10.",
      codes: [
        .delivered: ["DELIVRD"], .expired: ["EXPIRED"],
        .failed: [
          "DELETED", "REJECTED", "MA:0001", "MA:0002", "MA:0003", "MA:0004", "MA:0005", "MA:0006", "MA:0009", "MA:0011",
          "MA:0012", "MA:0013", "MA:0014", "MA:0021", "MA:0022", "MA:0023", "MA:0024", "MA:0025", "MA:0026", "MA:0027",
          "MA:0028", "MA:0029", "MA:0030", "MO:200", "MO:0254", "MO:0255", "MO:NNNN",
        ],
      ],
      others: ["MO:0087": .failed, "XX:0001": .failed, "UNDELIV": .failed, "ACCEPTD": .pending, "": .pending]),
    Document(
      name: "emay", type: Emay.self, file: "004_0ca041c2025dc14c.txt", from: "4 状态报告状态码表", until: "北京亿美",
      codes: [
        .delivered: ["DELIVRD"], .expired: ["TIMEOUT"],
        .failed: [
          "FAIL_BALANCE", "FAIL_MOBILE", "FAIL_MOBILE_SUPPORT", "FAIL_MOBILE_REPEAT", "FAIL_BLACK_DICT",
          "FAIL_RESPONSE", "FAIL_UNKNOW",
        ],
      ],
      others: ["UNDELIV": .failed, "": .pending]),
    Document(
      name: "mobset", type: Mobset.self, file: "000_c574ff782f659ae9.txt", from: "取状态报告时（", until: "6. 错误代码汇总表",
      codes: [
        .delivered: ["12"], .expired: ["15"], .pending: ["0", "1", "10"],
        .failed: ["2", "3", "4", "5", "6", "7", "11", "13"],
      ],
      others: ["99": .pending, "": .pending]),
    Document(
      name: "youe", type: Youe.self, file: "001_841e475e9b60a468.txt", from: "3.9.状态报告值", until: "第四章 技术支持",
      codes: [
        .delivered: ["DELIVRD"], .expired: ["EXPIRED"],
        .failed: ["UNDELIV", "UNKNOWN", "REJECTD", "DTBLACK", "ERR:104"],
      ],
      others: ["MB:1042": .failed, "TIMEOUT": .expired, "ENROUTE": .pending, "": .pending]),
    Document(
      name: "18sms", type: Eighteen.self, file: "002_0119617dc2e3f60e.txt", from: "状态报告值", until: "pushUrl",
      codes: [
        .delivered: ["DELIVRD"],
        .failed: [
          "MBBLACK", "NOROUTE", "ROUTEERR", "REJECT", "DISTURB", "EMSERR", "SIGNERR", "KEYWORD", "WHITESMS",
          "CMPP20ERR:XXX", "SMGPERR:XXX", "SGIPERR:XXX", "**RESP:XXX", "SY1RESP:-9", "DB:0141", "ID:0103", "ID:0102",
          "ID:0101", "MA:0001", "MX:0013", "601", "GL:0000", "ERR:104", "SIGFAIL",
        ],
      ],
      others: [
        "CMPP20ERR:12": .failed, "SY2RESP:7": .failed, "MK:0001": .failed, "EXPIRED": .expired, "ACCEPTD": .pending,
        "": .pending,
      ]),
  ]

  private static func hasBothMeanings(_ meaning: StatusMeaning) -> Bool {
    !meaning.english.isEmpty && meaning.english.utf8.allSatisfy { $0 < 0x80 } && !meaning.chinese.isEmpty
      && meaning.chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
  }

  @Test(arguments: documents)
  func `every code of the document has its class and both meanings`(_ document: Document) {
    for (status, codes) in document.codes {
      for code in codes {
        let meaning = document.type.status(code)
        #expect(meaning.status == status, "\(code)")
        #expect(Self.hasBothMeanings(meaning), "\(code)")
        #expect(meaning.code == code)
      }
    }
  }

  @Test(arguments: documents)
  func `a code that is not listed is kept as it is and classed by the rule`(_ document: Document) {
    for (code, status) in document.others {
      let meaning = document.type.status(code)
      #expect(meaning.status == status, "'\(code)'")
      #expect(meaning.code == code)
      #expect(Self.hasBothMeanings(meaning), "'\(code)'")
    }
  }

  @Test(arguments: documents)
  func `the tables hold each code once, with both meanings`(_ document: Document) {
    let codes = document.type.statusCodes.map(\.code)
    #expect(Set(codes).count == codes.count)
    for row in document.type.statusCodes { #expect(Self.hasBothMeanings(row), "\(row.code)") }
  }

  @Test(arguments: documents)
  func `no code of the document is missing here`(_ document: Document) throws {
    guard let path = shared("seeds/" + document.file) else {
      print("no ../shared here: the codes are not compared with the document of \(document.name)")
      return
    }
    let text = try Files.read(path, limit: 1 << 20).text
    let start = try #require(text.ranges(of: document.from).last).upperBound
    let section = text[start...]
    let end = try #require(section.firstRange(of: document.until)).lowerBound
    let words = section[..<end].split { $0.isWhitespace || $0 == "|" }.map(String.init)
    // A code is in capitals or digits; prose and the tables' headers are not.
    let found = words.filter { word in
      word.utf8.allSatisfy { (0x2A...0x5A).contains($0) || $0 == 0x5F }
        && (word.utf8.count > 2 && word.contains { "DELIVRD:_".contains($0) } || word.allSatisfy(\.isNumber))
        && !word.hasSuffix(".") && !word.hasSuffix("-")
    }
    let known = Set(document.all)
    #expect(found.count > 3, "\(found)")
    for code in found
    where !["XXX", "STAT", "NNNN", "OP_ISDN"].contains(code) && !code.allSatisfy({ "-".contains($0) }) {
      #expect(known.contains(code), "\(code)")
    }
    for code in known { #expect(section[..<end].contains(code), "\(code)") }
  }
}
