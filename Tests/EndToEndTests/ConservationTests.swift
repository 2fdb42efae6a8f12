import Platform
import TestSupport
import Testing

/// Whatever the rows and whatever the gateways do, every row ends in exactly one place.
@Suite struct ConservationTests {
  /// Each seed is a campaign of its own; the printed seed is enough to run it again.
  @Test(arguments: UInt64(1)...12)
  func `the sums hold for random rows and random faults`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let name = try #require(SendTests.protocols.randomElement(using: &random))
    let second = try #require(SendTests.protocols.filter { $0 != name }.randomElement(using: &random))
    let sandbox = try SandboxProcess(faults: faults(seed, [name, second], &random))
    let batch = Int.random(in: 1...20, using: &random)
    let settings = ["batch": "\(batch)", "concurrency": "\(Int.random(in: 1...4, using: &random))", "timeout": "1"]
    let workspace = try ToolWorkspace([name, second].map { SendTests.table($0, sandbox.address, settings) })
    let rows = Int.random(in: 0...80, using: &random)
    try workspace.campaign(
      gateways: [name, second], contacts: contacts(rows, &random),
      text: Bool.random(using: &random) ? "您好{{姓名}}，今晚八折" : "今晚八折",
      delivery: "failover = \(Bool.random(using: &random))",
      message: Bool.random(using: &random) ? "max_segments = 1" : "missing = \"empty\"",
      more: "dedupe = \"\(["phone", "phone+text", "none"].randomElement(using: &random) ?? "phone")\"")
    let result = try workspace.send()
    #expect([0, 4, 6, 7].contains(result.exitCode), "seed \(seed): \(result.output) \(result.errors)")
    #expect(result.output.contains("rows read = planned + rejected: \(rows) = "), "seed \(seed): \(result.output)")
    try checkTruth(workspace, sandbox, "seed \(seed)")
    try workspace.send()
    try checkTruth(workspace, sandbox, "seed \(seed), second run")
  }

  /// accepted ⊆ taken ⊆ accepted ∪ unknown, counted by number since numbers may repeat.
  private func checkTruth(_ workspace: ToolWorkspace, _ sandbox: SandboxProcess, _ label: String) throws {
    func count(_ numbers: [String]) -> [String: Int] {
      numbers.reduce(into: [:]) { $0[String($1.filter(\.isNumber).suffix(9)), default: 0] += 1 }
    }
    let taken = count(try sandbox.taken().map(\.number))
    let result = try workspace.file("result.csv")
    let accepted = count(result.rows.filter { $0["state"] == "accepted" }.map { $0["phone"] ?? "" })
    let possible = count(
      result.rows.filter { ["accepted", "unknown"].contains($0["state"] ?? "") }.map { $0["phone"] ?? "" })
    for (number, times) in accepted { #expect(times <= taken[number] ?? 0, "\(label): accepted, but never taken") }
    for (number, times) in taken { #expect(times <= possible[number] ?? 0, "\(label): taken more often than known") }
  }

  private func contacts(_ rows: Int, _ random: inout SeededGenerator) -> String {
    var text = "手机号,姓名\n"
    for index in 0..<rows {
      let number = 13_800_000_000 + Int.random(in: 0..<60, using: &random)
      switch Int.random(in: 0..<14, using: &random) {
      case 0: text += "\(number)\n"
      case 1: text += "138,短\n"
      case 2: text += ",无\n"
      case 3: text += "+61 412 345 6\(10 + index % 80),Emma\n"
      case 4: text += "\(number),\n"
      case 5: text += "\(number),\"" + String(repeating: "长", count: 80) + "\"\n"
      case 6: text += "\(number),\"a\tb\"\n"
      case 7: text += "\(number),\"两\n行\"\n"
      case 8: text += "+8613800000\(100 + index % 60),甲\n"
      default: text += "\(number),客户\(index)\n"
      }
    }
    return text
  }

  private func faults(_ seed: UInt64, _ names: [String], _ random: inout SeededGenerator) -> String {
    let kinds = [
      "close_before", "close_after", "status_500_after", "half_answer", "html", "empty", "garbage", "busy", "missing",
      "twice",
    ]
    var text = "seed = \(seed)\n"
    for name in names {
      text += "[gateway.\"\(name)\"]\nrefuse_numbers = [\"*7\"]\n"
      for _ in 0..<2 {
        let kind = kinds.randomElement(using: &random) ?? "busy"
        text += "[[gateway.\"\(name)\".fault]]\nkind = \"\(kind)\"\nprobability = 0.1\n"
      }
    }
    return text
  }
}
