import TestSupport
import Testing

@testable import Ledger

@Suite struct LinkIdentityTests {
  static let key = [UInt8](repeating: 7, count: 32)
  let identity = LinkIdentity(key: key, epoch: "e", campaign: "night")

  @Test func `ids are decimal digits of the promised length, the same every time`() {
    for call in 1...200 {
      let link = identity.link(call: call, attempt: 1)
      let custom = identity.custom(call: call, attempt: 1, position: 0)
      #expect(link.utf8.count == 20 && custom.utf8.count == 32)
      #expect((link + custom).utf8.allSatisfy { (0x30...0x39).contains($0) })
      #expect(LinkIdentity(key: Self.key, epoch: "e", campaign: "night").link(call: call, attempt: 1) == link)
    }
  }

  @Test func `no two attempts share an id`() {
    var links: Set<String> = []
    var customs: Set<String> = []
    for call in 1...100 {
      for attempt in 1...20 {
        links.insert(identity.link(call: call, attempt: attempt))
        for position in 0..<5 { customs.insert(identity.custom(call: call, attempt: attempt, position: position)) }
      }
    }
    #expect(links.count == 2000 && customs.count == 10_000)
  }

  @Test func `an id depends on everything that it names`() {
    var other = Self.key
    other[31] ^= 1
    let ids = [
      identity.link(call: 11, attempt: 1), identity.link(call: 1, attempt: 11), identity.link(call: 1, attempt: 1),
      LinkIdentity(key: other, epoch: "e", campaign: "night").link(call: 1, attempt: 1),
      LinkIdentity(key: Self.key, epoch: "f", campaign: "night").link(call: 1, attempt: 1),
      LinkIdentity(key: Self.key, epoch: "e", campaign: "day").link(call: 1, attempt: 1),
      LinkIdentity(key: Self.key, epoch: "en", campaign: "ight").link(call: 1, attempt: 1),
    ]
    #expect(Set(ids).count == ids.count)
  }
}

@Suite struct TextArrayTests {
  static let cases: [[String]] = [
    [], [""], ["", ""], ["a", "b c", "1234567890123456789"], ["\"", "\\", "\\\"", "\n\t\u{0}\u{1f}", "[\",\"]"],
    ["退订", "🙂", "é\u{301}"],
  ]

  @Test(arguments: cases) func `texts come back`(_ texts: [String]) {
    #expect(TextArray.read(TextArray.write(texts)) == texts)
  }

  @Test func `the form is plain JSON`() {
    #expect(TextArray.write(["a\"b", "\n", "退"]) == #"["a\"b","\u000a","退"]"#)
  }

  @Test(arguments: ["", "[", #"["a"#, #"["a","b\"#, #"["\u00"#, "null", "[1,2]"])
  func `what is broken ends the reading`(_ json: String) { #expect(TextArray.read(json).allSatisfy { $0 == "a" }) }
}
