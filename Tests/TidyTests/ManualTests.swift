import Platform
import TestSupport
import Testing

/// What exists is written down: commands, options and configuration keys.
@Suite struct ManualTests {
  private static let manual: String = {
    let folder = packageFolder + "/docs"
    let pages = Files.names(in: folder).filter { $0.hasSuffix(".md") }.map { folder + "/" + $0 }
    let gateways = Files.names(in: folder + "/gateways").map { folder + "/gateways/" + $0 }
    return (pages + gateways + [packageFolder + "/README.md"])
      .compactMap { try? Files.read($0, limit: 1 << 22).text }.joined(separator: "\n")
  }()

  /// A word, so that a failure does not print the manual.
  private static func mentions(_ words: String...) -> Bool { words.contains { manual.has($0) } }

  private static func names(_ pattern: Regex<(Substring, Substring)>, in module: String) -> [String] {
    var found: Set<String> = []
    for file in SourceFile.all where file.module == module {
      for match in file.lines.joined(separator: "\n").matches(of: pattern) { found.insert(String(match.output.1)) }
    }
    return found.sorted()
  }

  static let commands = names(/name: "([a-z-]+)", caption:/, in: "Commands")
  static let options = names(/Option\(\s*"(--[a-z-]+)"/, in: "Commands")
  static let keys = names(
    /(?:reader|inner|table|keys|root)\.(?:text|string|strings|placedStrings|integer|number|boolean|choice|decimal|dateTime|table|tables|secretSource|node|files?)\(\s*"([a-z0-9_]+)"/,
    in: "Configuration")
  static let settings = names(/GatewaySetting\(\s*"([a-z_]+)"/, in: "Gateways")

  @Test func `the names are found`() {
    #expect(Self.commands.count >= 11)
    #expect(Self.keys.count >= 40, "\(Self.keys)")
    #expect(Self.settings.count >= 20, "\(Self.settings)")
  }

  @Test(arguments: commands)
  func `every command is in the manual`(_ name: String) {
    #expect(Self.mentions("qunfa \(name)", "`\(name)"), "qunfa \(name)")
  }

  @Test(arguments: options)
  func `every option is in the manual`(_ name: String) { #expect(Self.mentions(name)) }

  @Test(arguments: keys + settings)
  func `every configuration key is in the manual`(_ key: String) {
    #expect(Self.mentions("`\(key)`", "`\(key) =", "`[\(key)]`"))
  }
}
