import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

@Suite struct GatewayPagesTests {
  private func page(_ name: String) throws -> String {
    try Files.read(packageFolder + "/docs/gateways/\(name).md", limit: 1 << 20).text
  }

  /// The page's words for a class: `slowDown` is `slow down`.
  private func words(_ answer: AnswerClass) -> String {
    answer.rawValue.flatMap { $0.isUppercase ? " \($0.lowercased())" : String($0) }.map(String.init).joined()
  }

  private func check(_ gateway: any ReportingGateway.Type) throws {
    let page = try page(gateway.name)
    for row in gateway.codes {
      let line = "| `\(row.code)` | \(words(row.answer)) | \(row.english) | \(row.chinese) |"
      #expect(page.contains(line), "\(gateway.name) \(row.code)")
    }
    for row in gateway.statusCodes {
      let line = "| `\(row.code)` | \(row.status.rawValue) | \(row.english) | \(row.chinese) |"
      #expect(page.contains(line), "\(gateway.name) \(row.code)")
    }
    for setting in gateway.settings { #expect(page.contains("\n\(setting.key) = "), "\(setting.key)") }
  }

  @Test func `each page has every code, status and setting as the program has them`() throws {
    try check(Mobset.self)
    try check(Youe.self)
    try check(Eighteen.self)
  }
}
