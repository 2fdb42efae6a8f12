import Platform
import TestSupport
import Testing

@testable import Reconciliation

/// The page in headless Chromium, as Debian has it. Without it these tests say so and pass.
@Suite(.serialized) struct BrowserTests {
  static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    Files.exists($0)
  }
  static let absent: Comment = "no Chromium here: apt-get install chromium"

  /// Loads a page; returns its elements as the browser understood them, and what its console says.
  private func load(_ html: String) throws -> (elements: String, console: [String]) {
    let program = try #require(Self.program)
    let folder = try TemporaryFolder()
    try folder.write("page.html", html)
    // No name is looked up, so that neither the page nor the browser itself reaches anybody.
    let options = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
      "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(folder.path)/profile", "--dump-dom",
      "file://\(folder.path)/page.html",
    ]
    let result = try ChildProcess(
      program, options, in: folder.path,
      environment: ["XDG_CONFIG_HOME=\(folder.path)", "XDG_CACHE_HOME=\(folder.path)"]
    ).wait(deadline: 30)
    #expect(result.exitCode == 0)
    let console = result.errors.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
    return (result.output, console)
  }

  @Test(.enabled(if: program != nil, absent))
  func `a browser shows every key figure and has nothing to complain about`() throws {
    let page = try PageFixture(accounts: PageFixture.usual, messages: 2000).page()
    let (elements, console) = try load(page.html.text)
    #expect(console == [])
    let figures = page.figures
    let shown = [
      "planned": "2,000", "delivered": grouped(String(figures.delivered)), "waiting": grouped(String(figures.waiting)),
      "cost": "¥" + grouped(figures.cost.description),
      "delivered_rate": rate(figures.delivered, of: figures.accepted),
    ]
    for (key, value) in shown { #expect(elements.has("data-figure=\"\(key)\">\(value)</p>"), "\(key)") }
    // A missing end tag would be put in by the browser somewhere else.
    #expect(elements.places(of: "<section").count == page.html.text.places(of: "<section").count)
    #expect(elements.places(of: "</table>").count == page.html.text.places(of: "</table>").count)
  }

  @Test(.enabled(if: program != nil, absent))
  func `the policy stops what a page should not do, and the console tells`() throws {
    let page = try PageFixture(accounts: PageFixture.usual, messages: 20).page()
    let bad = "<main><img src=\"http://127.0.0.1:9/x.png\"><script>document.title = 'ran'</script>"
    let html = page.html.text.split(separator: "<main>", maxSplits: 1).joined(separator: bad)
    let (elements, console) = try load(html)
    #expect(console.contains { $0.contains("127.0.0.1:9") })
    #expect(console.count == 2)
    #expect(!elements.has("<title>ran</title>"))
  }
}
