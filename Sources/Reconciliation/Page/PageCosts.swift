import JSON
import Messaging
import Platform

/// The parts about gateways: their words and their prices.
extension ReportPage {
  /// Gateways as the page shows them: the one with the most messages first.
  private var ranked: [(index: Int, gateway: PageFigures.Gateway)] {
    figures.gateways.enumerated().map { (index: $0, gateway: $1) }.sorted {
      ($1.gateway.messages, $0.gateway.name) < ($0.gateway.messages, $1.gateway.name)
    }
  }

  private func label(_ gateway: PageFigures.Gateway) -> Markup {
    gateway.name.isEmpty ? "(none)" : name(gateway.name)
  }

  // MARK: Status codes

  var codes: Markup {
    let heading = words("Status codes by gateway", "各网关状态码")
    guard !figures.gateways.isEmpty else { return empty("codes", heading, "No message is planned.") }
    var bodies: Markup = ""
    for (index, gateway) in ranked {
      var rows: Markup = ""
      let all = figures.codes(of: index)
      for (code, messages) in all.prefix(Limits.pageCodesShown) { rows += row(code, messages, gateway.messages) }
      let rest = all.dropFirst(Limits.pageCodesShown)
      if !rest.isEmpty {
        let messages = rest.reduce(0) { $0 + $1.messages }
        rows += """
          <tr><td></td><td class="muted">\(count: rest.count) further codes / 其他代码</td><td class="draw">\
          \(Chart.bar(Chart.share(messages, of: gateway.messages), "idle"))</td><td class="n">\(count: messages)</td>\
          <td class="n">\(percent(messages, of: gateway.messages))</td></tr>
          """
      }
      bodies += """
        <tbody><tr class="group"><th scope="rowgroup" colspan="3">\(label(gateway))</th>\
        <td class="n">\(count: gateway.messages)</td><td class="n"></td></tr>\(rows)</tbody>

        """
    }
    return section(
      "codes", heading,
      note:
        "The last word of each message: its report's code, else that of the submit answer. Shares of the gateway's messages.",
      """
      <table class="drawn codes"><thead><tr><th scope="col">\(words("Code", "代码"))</th>\
      <th scope="col">\(words("Meaning", "含义"))</th><td class="draw"></td>\(columns)</tr></thead>\(bodies)</table>
      """)
  }

  private func row(_ code: PageFigures.Code, _ messages: Int, _ all: Int) -> Markup {
    var meaning = code.state.caption
    if !code.meaning.isEmpty {
      let state: Markup =
        code.meaning.hasPrefix(code.state.rawValue) ? "" : " <span class=\"muted\">\(code.state.caption)</span>"
      meaning = "<bdi>\(Markup.withoutNumbers(code.meaning))</bdi>\(state)"
    }
    let word: Markup = code.code.isEmpty ? "–" : "<code><bdi>\(Markup.withoutNumbers(code.code))</bdi></code>"
    let source: Markup = code.isAnswer ? "<br><span class=\"muted tiny\">submit answer</span>" : ""
    return """
      <tr><td>\(word)\(source)</td><td><i class="dot \(code.state.tone)"></i>\(meaning)</td>\
      <td class="draw">\(Chart.bar(Chart.share(messages, of: all), code.state.tone))</td>\
      <td class="n">\(count: messages)</td><td class="n">\(percent(messages, of: all))</td></tr>

      """
  }

  // MARK: Costs

  var costs: Markup {
    let heading = words("Cost by gateway", "各网关费用")
    guard !figures.gateways.isEmpty else { return empty("costs", heading, "No message is planned.") }
    let most = figures.gateways.map(\.cost).max() ?? .zero
    var rows: Markup = ""
    for (_, gateway) in ranked {
      rows += """
        <tr><th scope="row">\(label(gateway))</th><td class="draw">\(Chart.bar(Chart.share(gateway.cost, of: most), "blue"))</td>\
        <td class="n">\(count: gateway.messages)</td><td class="n">\(count: gateway.accepted)</td>\
        <td class="n">\(rate(gateway.delivered, of: gateway.accepted))</td>\
        <td class="n">\(count: gateway.billableSegments)</td><td class="n strong">\(money: gateway.cost)</td></tr>

        """
    }
    var note: Markup = "By the prices and the billing rule (bill_on) of qunfa.toml."
    if figures.unpriced > 0 { note += " <b>\(count: figures.unpriced) messages have no price and count as 0.</b>" }
    return section(
      "costs", heading, note: note,
      """
      <div class="scroll"><table class="drawn"><thead><tr><th scope="col">\(words("Gateway", "网关"))</th><td class="draw"></td>\
      <th scope="col" class="n">\(words("Messages", "短信数"))</th><th scope="col" class="n">\(words("Accepted", "接受"))</th>\
      <th scope="col" class="n">\(words("Delivered", "送达率"))</th>\
      <th scope="col" class="n">\(words("Segments billed", "计费条数"))</th>\
      <th scope="col" class="n">\(words("Cost ¥", "费用（元）"))</th></tr></thead><tbody>\(rows)</tbody>
      <tfoot><tr><th scope="row">\(words("Total", "合计"))</th><td class="draw"></td>\
      <td class="n">\(count: figures.total.messages)</td><td class="n">\(count: figures.accepted)</td>\
      <td class="n">\(rate(figures.delivered, of: figures.accepted))</td>\
      <td class="n">\(count: figures.billableSegments)</td><td class="n strong">\(money: figures.cost)</td></tr></tfoot></table></div>
      """)
  }

  // MARK: Predicted and billed

  var prediction: Markup {
    let heading = words("Predicted against billed", "预计与计费对比")
    guard !figures.gateways.isEmpty else { return empty("prediction", heading, "No message is planned.") }
    let hasBills = !facts.bills.isEmpty
    let most = (figures.gateways.flatMap { [$0.predicted, $0.cost] } + facts.bills.map(\.amount)).max() ?? .zero
    var rows: Markup = ""
    for (_, gateway) in ranked {
      let bill = facts.bills.first { $0.gateway == gateway.name }
      var bars: [(share: Double, tone: Markup)] = [
        (Chart.share(gateway.predicted, of: most), "idle"), (Chart.share(gateway.cost, of: most), "blue"),
      ]
      if hasBills { bars.append((bill.map { Chart.share($0.amount, of: most) } ?? 0, "warn")) }
      let bar: Markup = Chart.bars(bars)
      rows += """
        <tr><th scope="row">\(label(gateway))</th><td class="draw">\(bar)</td>\
        \(sums(gateway.segments, gateway.predicted, gateway.billableSegments, gateway.cost))\(hasBills ? cells(bill) : "")</tr>

        """
    }
    let bill: Markup =
      hasBills
      ? """
      <th scope="col" class="n"><i class="dot warn"></i>\(words("Bill: segments", "账单条数"))</th>\
      <th scope="col" class="n">\(words("¥", "账单金额"))</th>
      """ : ""
    return section(
      "prediction", heading,
      note:
        "Predicted: price times segments of every planned message. By contract: what the billing rule makes of the reports. \(planned)",
      """
      <div class="scroll"><table class="drawn"><thead><tr><th scope="col">\(words("Gateway", "网关"))</th><td class="draw"></td>\
      <th scope="col" class="n"><i class="dot idle"></i>\(words("Predicted: segments", "预计条数"))</th>\
      <th scope="col" class="n">\(words("¥", "预计费用"))</th>\
      <th scope="col" class="n"><i class="dot blue"></i>\(words("By contract: segments", "计费条数"))</th>\
      <th scope="col" class="n">\(words("¥", "应付费用"))</th>\
      <th scope="col" class="n">\(words("Difference ¥", "差额"))</th>\(bill)</tr></thead><tbody>\(rows)</tbody>
      <tfoot><tr><th scope="row">\(words("Total", "合计"))</th><td class="draw"></td>\
      \(sums(figures.total.segments, figures.predicted, figures.billableSegments, figures.cost))\(hasBills ? cells(billed) : "")\
      </tr></tfoot></table></div>
      """)
  }

  /// What the plan said before the first call, when that is another sum.
  private var planned: Markup {
    guard let cost = facts.plannedCost, cost != figures.predicted else { return "" }
    return "The plan said ¥\(money: cost) before the first call; another gateway or price makes the difference."
  }

  private func sums(_ segments: Int, _ predicted: Money, _ billable: Int, _ cost: Money) -> Markup {
    let difference: Markup = (try? cost - predicted).map { "\(money: $0)" } ?? "–"
    return """
      <td class="n">\(count: segments)</td><td class="n">\(money: predicted)</td><td class="n">\(count: billable)</td>\
      <td class="n strong">\(money: cost)</td><td class="n">\(difference)</td>
      """
  }

  private func cells(_ bill: PageFacts.BillTotal?) -> Markup {
    guard let bill else { return "<td class=\"n\">–</td><td class=\"n\">–</td>" }
    return "<td class=\"n\">\(count: bill.segments)</td><td class=\"n strong\">\(money: bill.amount)</td>"
  }

  /// All bills together; nil when their sum cannot be held.
  private var billed: PageFacts.BillTotal? {
    var total = PageFacts.BillTotal(gateway: "", segments: 0, amount: .zero)
    for bill in facts.bills {
      guard let sum = try? total.amount + bill.amount else { return nil }
      total.segments += bill.segments
      total.amount = sum
    }
    return total
  }

  // MARK: Sources

  var sources: Markup {
    """
    <footer>
    <p>Messages, states, codes, segments and costs are sums over reconciliation.csv; rows read and rejected rows stand in \
    the ledger. Reports that come later change the figures: run <code>qunfa report</code> again. No phone number and no \
    text stands on this page. <span class="zh" lang="zh-Hans">数据来自对账文件与台账；后到的回执会改变结果，请重新生成。\
    本页不含手机号码和短信内容。</span></p>
    <p>Times in \(facts.zoneName). qunfa \(facts.toolVersion), written \(time(facts.writtenAt)).</p>
    </footer>
    """
  }
}
