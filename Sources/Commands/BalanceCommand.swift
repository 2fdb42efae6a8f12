import Campaigns
import Gateways
import JSON
import Platform

extension Command {
  static let balance = Command(
    name: "balance", caption: "Asks the gateways what is left, and records the answer",
    operands: "[GATEWAY…]", operandCount: 0...1000,
    details: """
      GATEWAY is a name of qunfa.toml; without one all that tell a balance are asked. A gateway that may be asked only every
      so often is waited for.
      Exit codes: 0 every gateway answered or has no balance to tell, 6 one of them did not answer.
      """,
    example: "qunfa balance juhe-main"
  ) { (invocation) throws(RunError) in
    let workspace = try invocation.openWorkspace()
    let report = try workspace.balances(of: invocation.operands, console: invocation.console)
    for diagnostic in report.faults { invocation.console.tell(diagnostic) }
    invocation.console.print(invocation.wantsJSON ? report.json.serialized : report.text)
    return report.exitCode
  }
}

extension BalanceReport {
  /// What went wrong, one for each gateway that did not answer.
  var faults: [Diagnostic] {
    answers.compactMap { answer in
      guard case .failed(let reason) = answer.result else { return nil }
      return Diagnostic(
        "gateway '\(answer.account)' told no balance: \(reason)",
        next: "Check the account with the vendor and its settings in qunfa.toml.")
    }
  }

  var text: String {
    guard !answers.isEmpty else { return "No gateway of qunfa.toml tells a balance." }
    var table = TextTable(["gateway", "balance"])
    for answer in answers {
      switch answer.result {
      case .told(let lines):
        if lines.isEmpty { table.add([answer.account, "the account has no product"]) }
        for line in lines {
          let product = line.product.isEmpty ? "" : " (product \(line.product))"
          table.add([answer.account, line.words + product])
        }
      case .untold: table.add([answer.account, "this gateway tells no balance"])
      case .failed: table.add([answer.account, "no answer"])
      }
    }
    return table.text
  }

  var json: JSON {
    var lines: [JSON] = []
    for answer in answers {
      switch answer.result {
      case .told(let told):
        for line in told {
          lines.append([
            "gateway": .string(answer.account), "product": .string(line.product), "amount": .string(line.amount),
            "unit": .string(line.unit.rawValue), "yuan": line.yuan.map { .string($0.description) } ?? .null,
          ])
        }
      case .untold: lines.append(["gateway": .string(answer.account), "error": "this gateway tells no balance"])
      case .failed(let reason): lines.append(["gateway": .string(answer.account), "error": .string(reason)])
      }
    }
    return ["balances": .array(lines), "exit_code": JSON(Int(exitCode.rawValue))]
  }
}
