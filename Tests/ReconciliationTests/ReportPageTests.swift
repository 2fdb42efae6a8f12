import Messaging
import Platform
import TestSupport
import Testing

@testable import Reconciliation

@Suite struct ReportPageTests {
  private static let attack = "<script>alert(1)</script>\"'&\u{202E}\u{7}</style>"

  @Test func `names and codes from outside never become markup`() throws {
    let accounts = [
      PageFixture.Account(
        name: Self.attack, price: "0.05", share: 1, endings: [(Self.attack, Self.attack, .delivered, 1)])
    ]
    let fixture = PageFixture(accounts: accounts, messages: 5)
    var facts = fixture.facts(name: Self.attack, department: Self.attack)
    facts.campaign = Self.attack
    let html = try fixture.page(facts).html.text
    #expect(!html.has("alert(1)</script>"))
    #expect(!html.has("<script>"))
    #expect(!html.has("\u{202E}"))
    #expect(!html.has("\u{7}"))
    #expect(html.places(of: "</style>").count == 1)
    #expect(html.places(of: "</script>").count == 1)
    #expect(html.has("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;⟨U+202E⟩⟨U+0007⟩"))
  }

  @Test func `no phone number stands on the page`() throws {
    var accounts = PageFixture.usual
    accounts[0].endings = [("ERR8613800138000", "number 13800138000 is barred", .failed, 1)]
    let html = try PageFixture(accounts: accounts, messages: 200).page().html.text
    // 1[3-9] and nine more digits, wherever they stand.
    var run = 0
    for byte in html.utf8 {
      run = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? run + 1 : 0
      #expect(run < 11)
      if run >= 11 { break }
    }
  }

  @Test func `the page asks nothing of the network and runs nothing`() throws {
    let html = try PageFixture(accounts: PageFixture.usual, messages: 200).page().html.text
    for word in ["http:", "https:", "url(", "@import", "src=", "javascript:", "onload", "onclick", "<iframe"] {
      #expect(!html.has(word), "\(word)")
    }
    #expect(html.places(of: "href=").count == 1)
    #expect(html.has("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;"))
    #expect(html.places(of: "<script").count == 1)
    #expect(html.has("<script type=\"application/json\""))
  }

  @Test(arguments: [0, 1, 500])
  func `a page has all its parts whatever happened`(_ messages: Int) throws {
    var accounts = PageFixture.usual
    for index in accounts.indices where messages < 500 { accounts[index].endings = [("", "", .planned, 1)] }
    let page = try PageFixture(accounts: accounts, messages: messages).page()
    let html = page.html.text
    for id in ["funnel", "states", "rejected", "delay", "pace", "codes", "costs", "prediction", "segments", "figures"] {
      #expect(html.has("id=\"\(id)\""), "\(id)")
    }
    #expect(html.has("Nothing was sent yet") == (messages < 500))
    #expect(!html.has("nan"))
    #expect(page.isConserved)
    #expect(!html.has("role=\"alert\""))
  }

  @Test func `books that do not balance are told on the page`() throws {
    let fixture = PageFixture(accounts: PageFixture.usual, messages: 10)
    var facts = fixture.facts()
    facts.rowsRead += 1
    let page = try fixture.page(facts)
    #expect(!page.isConserved)
    #expect(page.html.text.has("role=\"alert\""))
  }

  @Test func `a bill stands beside what was predicted`() throws {
    let fixture = PageFixture(accounts: PageFixture.usual, messages: 100)
    var facts = fixture.facts()
    facts.bills = [
      .init(gateway: "emay", segments: 77_777, amount: try Money(parsing: "1234567.891")),
      .init(gateway: "juhe-main", segments: 1, amount: try Money(parsing: "0.109")),
    ]
    let html = try fixture.page(facts).html.text
    #expect(html.has("<td class=\"n\">77,777</td><td class=\"n strong\">1,234,567.891</td>"))
    #expect(html.has("<td class=\"n\">77,778</td><td class=\"n strong\">1,234,568.00</td>"))
  }

  @Test func `the file is private and replaces an older one`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("out/c1/report.html", "old")
    try PageFixture(accounts: PageFixture.usual, messages: 10).page().write(path)
    #expect(try folder.read("out/c1/report.html").hasPrefix("<!DOCTYPE html>"))
    #expect((Files.permissions(path) ?? 0) & 0o777 == 0o600)
    #expect(Files.names(in: folder.path + "/out/c1") == ["report.html"])
  }
}
