import Messaging

/// The parts about messages: what became of the rows.
extension ReportPage {
  // MARK: Funnel

  var funnel: Markup {
    let total = figures.total.messages
    let lost: [Markup] = [
      "", left([(facts.rejectedRows, "rejected")]),
      left([
        (figures.count(of: .planned).messages, "not sent yet"), (figures.count(of: .cancelled).messages, "cancelled"),
      ]),
      left([
        (figures.count(of: .refused).messages, "refused"), (figures.unknown, "unknown"),
        (figures.decidedFailed, "failed"),
      ]),
      left([
        (figures.waiting, "waiting"), (figures.count(of: .failed).messages - figures.decidedFailed, "failed"),
        (figures.count(of: .expired).messages, "expired"),
      ]),
    ]
    let steps: [(id: Markup, label: Markup, count: Int, tone: Markup)] = [
      ("rows", words("Rows read", "读取行数"), facts.rowsRead, "idle"),
      ("planned", words("Planned", "计划"), total, "blue"),
      ("submitted", words("Submitted", "已提交"), figures.submitted, "blue"),
      ("accepted", words("Accepted", "网关接受"), figures.accepted, "blue"),
      ("delivered", words("Delivered", "送达"), figures.delivered, "good"),
    ]
    let most = max(facts.rowsRead, total)
    var rows: Markup = ""
    for (index, step) in steps.enumerated() {
      let before = index > 0 ? steps[index - 1].count : 0
      let share: Markup = index > 0 ? "\(percent(step.count, of: before))" : ""
      rows += """
        <tr><th scope="row">\(step.label)</th><td class="draw">\(Chart.bar(Chart.share(step.count, of: most), step.tone))</td>\
        <td class="n" data-funnel="\(step.id)">\(count: step.count)</td><td class="n">\(share)</td>\
        <td class="muted wide">\(lost[index])</td></tr>

        """
    }
    let head: Markup = """
      <thead><tr><th scope="col">\(words("Step", "环节"))</th><td class="draw"></td>\
      <th scope="col" class="n">\(words("Messages", "短信数"))</th>\
      <th scope="col" class="n">\(words("Of the step before", "占上一环节"))</th>\
      <th scope="col" class="wide">\(words("Left out here", "在此流失"))</th></tr></thead>
      """
    return section(
      "funnel", words("From contact file to handset", "从名单到手机"),
      "<table class=\"drawn funnel\">\(head)<tbody>\(rows)</tbody></table>")
  }

  private func left(_ parts: [(count: Int, word: Markup)]) -> Markup {
    var list: Markup = ""
    for part in parts where part.count > 0 {
      if !list.source.isEmpty { list += ", " }
      list += "\(count: part.count) \(part.word)"
    }
    return list
  }

  // MARK: States, rejected rows, segments

  var states: Markup {
    let present = DeliveryState.shown.filter { figures.count(of: $0).messages > 0 }
    let total = figures.total.messages
    var rows: Markup = ""
    for state in present {
      let count = figures.count(of: state)
      rows += """
        <tr><th scope="row"><i class="dot \(state.tone)"></i>\(state.caption)</th>\
        <td class="n" data-state="\(state.rawValue)">\(count: count.messages)</td>\
        <td class="n">\(percent(count.messages, of: total))</td><td class="n">\(count: count.segments)</td></tr>

        """
    }
    guard !present.isEmpty else { return empty("states", words("Messages by state", "按状态"), "No message is planned.") }
    let parts = present.map { (share: Chart.share(figures.count(of: $0).messages, of: total), tone: $0.tone) }
    return section(
      "states", words("Messages by state", "按状态"),
      """
      \(Chart.stack(parts))
      <table><thead><tr><th scope="col">\(words("State", "状态"))</th>\(columns)\
      <th scope="col" class="n">\(words("Segments", "条数"))</th></tr></thead><tbody>\(rows)</tbody>
      <tfoot><tr><th scope="row">\(words("Total", "合计"))</th><td class="n">\(count: total)</td><td></td>\
      <td class="n">\(count: figures.total.segments)</td></tr></tfoot></table>
      """)
  }

  var rejected: Markup {
    let heading = words("Rejected rows by reason", "被拒行原因")
    let shown = facts.rejected.filter { $0.rows > 0 }.sorted { $0.rows > $1.rows }
    guard let most = shown.first?.rows else { return empty("rejected", heading, "No row was rejected. / 没有被拒的行。") }
    var rows: Markup = ""
    for (reason, count) in shown {
      rows += """
        <tr><th scope="row">\(reason.caption)</th><td class="draw">\(Chart.bar(Chart.share(count, of: most), "bad"))</td>\
        <td class="n" data-reason="\(reason.rawValue)">\(count: count)</td>\
        <td class="n">\(percent(count, of: facts.rowsRead))</td></tr>

        """
    }
    return section(
      "rejected", heading, note: "Share of the rows read; the rows themselves stand in rejected.csv.",
      """
      <table class="drawn"><thead><tr><th scope="col">\(words("Reason", "原因"))</th><td class="draw"></td>\
      <th scope="col" class="n">\(words("Rows", "行数"))</th><th scope="col" class="n">\(words("Share", "占比"))</th></tr></thead>\
      <tbody>\(rows)</tbody>
      <tfoot><tr><th scope="row">\(words("Total", "合计"))</th><td class="draw"></td>\
      <td class="n">\(count: facts.rejectedRows)</td><td class="n">\(percent(facts.rejectedRows, of: facts.rowsRead))</td>\
      </tr></tfoot></table>
      """)
  }

  var segments: Markup {
    let heading = words("Length of messages", "短信长度")
    let total = figures.total.messages
    guard let most = figures.segments.values.max() else { return empty("segments", heading, "No message is planned.") }
    // The long tail stands in one row.
    var shown: [(label: Markup, messages: Int)] = []
    let last = 10
    for length in figures.segments.keys.sorted() where length <= last {
      shown.append((length == 1 ? "1 segment" : "\(length) segments", figures.segments[length] ?? 0))
    }
    let rest = figures.segments.filter { $0.key > last }.values.reduce(0, +)
    if rest > 0 { shown.append(("more than \(last) segments", rest)) }
    var rows: Markup = ""
    for (label, messages) in shown {
      rows += """
        <tr><th scope="row">\(label)</th><td class="draw">\(Chart.bar(Chart.share(messages, of: most), "blue"))</td>\
        <td class="n">\(count: messages)</td><td class="n">\(percent(messages, of: total))</td></tr>

        """
    }
    return section(
      "segments", heading, note: "A long text is sent in segments, and each of them is billed.",
      """
      <table class="drawn"><thead><tr><th scope="col">\(words("Segments", "条数"))</th><td class="draw"></td>\(columns)</tr>\
      </thead><tbody>\(rows)</tbody></table>
      """)
  }

  /// The headings of a count and its share.
  var columns: Markup {
    """
    <th scope="col" class="n">\(words("Messages", "短信数"))</th><th scope="col" class="n">\(words("Share", "占比"))</th>
    """
  }

  func empty(_ id: Markup, _ heading: Markup, _ sentence: Markup) -> Markup {
    section(id, heading, "<p class=\"empty\">\(sentence)</p>")
  }

  // MARK: Time

  var delay: Markup {
    let heading = words("How fast messages arrived", "送达速度")
    let delays = figures.delays
    guard delays.total > 0 else {
      return empty("delay", heading, "No delivery report with a time has come yet. / 还没有带时间的送达回执。")
    }
    let bounds: [(seconds: Int, label: Markup)] = [
      (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (86_400, "1 d"), (DelayHistogram.limit, "3 d"),
    ]
    var heads: Markup = ""
    var sums: Markup = ""
    var shares: Markup = ""
    for (bound, sum) in zip(bounds, delays.cumulative(bounds.map(\.seconds))) {
      heads += "<th scope=\"col\" class=\"n\">\(bound.label)</th>"
      sums += "<td class=\"n\" data-delay=\"\(bound.seconds)\">\(count: sum)</td>"
      shares += "<td class=\"n\">\(percent(sum, of: figures.accepted))</td>"
    }
    var note: Markup =
      "Share of the accepted messages by time from submission to report. Median, 90% and 99% are of the delivered ones."
    if delays.later > 0 { note += " \(count: delays.later) came later than 3 days." }
    if delays.early > 0 {
      note += " \(count: delays.early) have a time before their submission (clocks differ) and count as 0 s."
    }
    let half = delays.percentile(50).map(duration) ?? "over 3 d"
    let most = delays.percentile(90).map(duration) ?? "over 3 d"
    let nearlyAll = delays.percentile(99).map(duration) ?? "over 3 d"
    return section(
      "delay", heading, note: note,
      """
      \(DelayChart(delays: delays, accepted: figures.accepted).svg(
        "Of the delivered messages half arrived within \(half), 90 percent within \(most), 99 percent within \(nearlyAll)."))
      <div class="scroll"><table class="small"><thead><tr><th scope="col">\(words("Within", "时间内"))</th>\(heads)</tr></thead>
      <tbody><tr><th scope="row">\(words("Delivered", "送达"))</th>\(sums)</tr>\
      <tr><th scope="row">\(words("Share", "占比"))</th>\(shares)</tr></tbody></table></div>
      """)
  }

  var pace: Markup {
    let heading = words("When messages were submitted", "提交时间分布")
    let chart = SubmissionChart(figures.submissions, zone: facts.zone)
    guard let peak = chart.peak else { return empty("pace", heading, "Nothing was submitted yet. / 尚未提交。") }
    var rows: Markup = ""
    for bar in chart.bars where bar.messages > 0 {
      rows += "<tr><th scope=\"row\">\(chart.label(bar.start))</th><td class=\"n\">\(count: bar.messages)</td></tr>"
    }
    return section(
      "pace", heading, note: "Messages \(chart.stepWords), \(facts.zoneName).",
      """
      \(chart.svg("Submissions \(chart.stepWords); the most, \(count: peak.messages), from \(chart.label(peak.start)) on."))
      <details><summary>\(words("As a table", "表格"))</summary><table class="small"><thead><tr>\
      <th scope="col">\(words("From", "开始"))</th><th scope="col" class="n">\(words("Messages", "短信数"))</th></tr></thead>\
      <tbody>\(rows)</tbody></table></details>
      """)
  }
}
