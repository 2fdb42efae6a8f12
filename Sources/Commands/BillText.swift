import Campaigns
import JSON
import Messaging
import Platform
import Reconciliation

extension Invocation {
  /// The bills of `--bill GATEWAY=FILE`, read; the files of one gateway are one bill.
  func bills(_ workspace: Workspace) throws(RunError) -> [Bill] {
    var files: [(gateway: String, files: [String])] = []
    for text in all("--bill") {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex, text.index(after: equals) != text.endIndex
      else {
        throw RunError(
          .usage, Diagnostic("found '\(text)' for --bill", expected: "GATEWAY=FILE, such as juhe-main=bill.csv"))
      }
      let gateway = String(text[..<equals])
      let file = inFolder(String(text[text.index(after: equals)...]))
      if let index = files.firstIndex(where: { $0.gateway == gateway }) {
        files[index].files.append(file)
      } else {
        files.append((gateway, [file]))
      }
    }
    var bills: [Bill] = []
    for entry in files {
      bills.append(try Bill.read(gateway: entry.gateway, files: entry.files, workspace.configuration))
    }
    return bills
  }
}

extension DifferenceReport {
  /// What a person reads: ours, reports and bill beside each other, gateway by gateway.
  var text: String {
    var parts: [String] = []
    for sum in sums {
      var table = TextTable([sum.gateway, "messages", "segments", "yuan"])
      func add(_ name: String, _ count: BillSums.SegmentSum, _ money: String = "", hasMessages: Bool = true) {
        table.add([name, hasMessages ? String(count.messages) : "", String(count.segments), money])
      }
      add("planned", sum.planned)
      add("accepted", sum.accepted)
      add("delivered, by reports", sum.delivered)
      add("ours to be billed", sum.ours, sum.oursCost.description)
      for kind in DifferenceKind.allCases {
        guard let difference = sum.differences[kind] else { continue }
        table.add([
          "  \(kind.rawValue)", String(difference.rows), signed(difference.segments),
          sum.hasMoney ? signed(difference.amount) : "",
        ])
      }
      table.add([
        "the bill (\(amount(sum.theirs.messages, "line")))", "", sum.hasSegments ? String(sum.theirs.segments) : "",
        sum.hasMoney ? sum.theirsCost.description : "",
      ])
      let verdict = sum.isConserved ? "Ours and the differences make the bill." : "THE SUMS DO NOT ADD UP."
      parts.append(table.text + "\n" + verdict)
    }
    if !losses.isEmpty { parts.append(lossTable) }
    parts.append("Differences: \(path) (\(amount(rows, "row")))")
    return parts.joined(separator: "\n\n")
  }

  private var lossTable: String {
    var table = TextTable(["balances", "account", "ours", "lost", "paid in", "unit"])
    for loss in losses {
      let name = loss.product.isEmpty ? loss.gateway : "\(loss.gateway) \(loss.product)"
      table.add([
        loss.campaign, name, shown(loss.expected, loss), shown(loss.lost, loss), shown(loss.paidIn, loss),
        loss.countsMessages ? "segments" : "yuan",
      ])
    }
    return table.text
  }

  private func shown(_ money: Money, _ loss: BalanceLoss) -> String {
    let text = money.description
    return loss.countsMessages && text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  private func signed(_ count: Int) -> String { count > 0 ? "+\(count)" : String(count) }
  private func signed(_ money: Money) -> String {
    money > .zero ? "+\(money.description)" : money.description
  }

  var json: JSON {
    [
      "file": .string(path), "rows": JSON(rows), "bad_rows": JSON(badRows), "conserved": .boolean(isConserved),
      "gateways": .array(sums.map { Self.json($0) }),
      "balances": .array(
        losses.map {
          [
            "campaign": .string($0.campaign), "gateway": .string($0.gateway), "product": .string($0.product),
            "unit": .string($0.countsMessages ? "segments" : "yuan"), "ours": .string($0.expected.description),
            "lost": .string($0.lost.description), "paid_in": .string($0.paidIn.description),
          ]
        }),
    ]
  }

  private static func json(_ sum: BillSums) -> JSON {
    func json(_ count: BillSums.SegmentSum) -> JSON {
      ["messages": JSON(count.messages), "segments": JSON(count.segments)]
    }
    return [
      "gateway": .string(sum.gateway), "planned": json(sum.planned), "accepted": json(sum.accepted),
      "delivered": json(sum.delivered), "ours": json(sum.ours), "ours_cost": .string(sum.oursCost.description),
      "bill": json(sum.theirs), "bill_amount": .string(sum.hasMoney ? sum.theirsCost.description : ""),
      "agreed": JSON(sum.agreed),
      "differences": .object(
        DifferenceKind.allCases.compactMap { kind in
          sum.differences[kind].map {
            .init(
              kind.rawValue,
              ["rows": JSON($0.rows), "segments": JSON($0.segments), "amount": .string($0.amount.description)])
          }
        }),
    ]
  }
}

extension JSON {
  /// The same object with one member more.
  func adding(_ name: String, _ value: JSON) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members + [.init(name, value)])
  }
}
