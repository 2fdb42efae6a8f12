import Campaigns
import Configuration
import JSON
import Messaging
import Platform

/// A plan as a person reads it.
struct PlanText {
  private let report: PlanReport
  private let campaign: CampaignFile
  private let workspace: Workspace
  private let folder: String

  init(_ report: PlanReport, _ campaign: CampaignFile, _ workspace: Workspace, _ folder: String) {
    self.report = report
    self.campaign = campaign
    self.workspace = workspace
    self.folder = folder
  }

  var text: String {
    ([heading, rows, ways, time, lint].filter { !$0.isEmpty } + [files]).joined(separator: "\n\n")
  }

  private var summary: PlanSummary { report.summary }

  private var heading: String { "Plan of '\(report.campaign)'" + (campaign.name.isEmpty ? "" : " (\(harmless(campaign.name)))") }

  private var rows: String {
    var table = TextTable(["rows", "", ""])
    table.add(["read", String(summary.rowsRead), ""])
    table.add(["planned", String(summary.planned), "\(amount(summary.segments, "segment")), \(summary.cost) yuan"])
    table.add(["rejected", String(summary.rejectedRows), ""])
    for reason in RejectReason.allCases {
      if let rows = summary.rejected[reason] { table.add(["  " + reason.rawValue, String(rows), ""]) }
    }
    let check =
      summary.isConserved
      ? "rows read = planned + rejected: \(summary.rowsRead) = \(summary.planned) + \(summary.rejectedRows)"
      : "THE BOOKS DO NOT BALANCE: \(summary.rowsRead) rows read, \(summary.planned) planned + \(summary.rejectedRows) rejected"
    return table.text + "\n" + check
  }

  private var ways: String {
    guard !summary.legs.isEmpty else { return "" }
    var table = TextTable(["gateway", "endpoint", "messages", "calls", "segments", "yuan", "why"])
    for leg in summary.legs {
      table.add([
        leg.gateway, leg.endpoint, String(leg.messages), String(leg.calls), String(leg.segments), leg.cost.description,
        leg.reason,
      ])
    }
    return table.text
  }

  private var time: String {
    guard summary.planned > 0 else { return "" }
    let zone = workspace.configuration.zone
    let forecast = report.forecast
    var text = "At the configured pace sending takes \(duration(report.duration)): "
    text += "from \(zone.civil(forecast.begins).spaced) to \(zone.civil(forecast.ends).spaced)"
    if forecast.pauses == 1 { text += ". It does not fit one day's window: it pauses once" }
    if forecast.pauses > 1 { text += ". It does not fit one day's window: it pauses \(forecast.pauses) times" }
    if let limit = report.overLimit {
      text += ".\nIt costs more than max_cost (\(limit) yuan): 'send' will refuse to start"
    }
    return text + "."
  }

  private var lint: String {
    let lint = report.lint
    guard lint.messages > 0 else { return "" }
    var lines = ["Segment lint"]
    if lint.spillingRows > 0 {
      let parts = lint.spilling.enumerated().filter { $0.element > 0 }.map { "\($0.element) by \($0.offset + 1)" }
      lines.append(
        "  \(amount(lint.spillingRows, "text goes", "texts go")) over a segment's end by 1 to 3 units (\(parts.joined(separator: ", "))); "
          + "shortening them would save \(lint.saving) yuan")
      for column in lint.columns.prefix(3) {
        lines.append(
          "  column '\(harmless(column.name))': \(column.rows) of them would fit "
            + "with its usual length of \(column.usualLength)")
      }
    } else {
      lines.append("  no text goes over a segment's end by 1 to 3 units")
    }
    if lint.forcedSaving > .zero {
      let characters = lint.characters.prefix(8).map { outsider in
        "U+\(String(outsider.character.value, radix: 16, uppercase: true)) '\(outsider.character)' in \(outsider.rows)"
      }
      lines.append(
        "  \(amount(lint.forced, "international text is", "international texts are")) UCS-2 only because of a few characters (\(characters.joined(separator: ", "))); "
          + "without them \(lint.forcedSaving) yuan less")
    }
    if let longest = lint.longest {
      lines.append(
        "  longest: row \(longest.row), \(amount(longest.counted.units, "unit")), "
          + "\(amount(longest.counted.segments, "segment")) (\(longest.counted.encoding.rawValue))"
      )
    }
    return lines.joined(separator: "\n")
  }

  private var files: String { "Files: \(folder)/plan.csv, \(folder)/rejected.csv" }
}

extension PlanReport {
  /// The plan as `--json` shows it.
  var json: JSON {
    let legs = summary.legs.map { leg -> JSON in
      [
        "gateway": .string(leg.gateway), "endpoint": .string(leg.endpoint), "messages": JSON(leg.messages),
        "calls": JSON(leg.calls), "segments": JSON(leg.segments), "cost": .string(leg.cost.description),
        "reason": .string(leg.reason),
      ]
    }
    return [
      "campaign": .string(campaign), "rows_read": JSON(summary.rowsRead), "planned": JSON(summary.planned),
      "rejected": JSON(summary.rejectedRows),
      "rejected_by_reason": .object(
        RejectReason.allCases.compactMap { reason in
          summary.rejected[reason].map { .init(reason.rawValue, JSON($0)) }
        }),
      "calls": JSON(summary.calls), "segments": JSON(summary.segments), "cost": .string(summary.cost.description),
      "conserved": .boolean(summary.isConserved), "ways": .array(legs),
      "seconds": .number(String(Int(duration.rounded(.up)))), "over_max_cost": .boolean(overLimit != nil),
      "lint": [
        "spilling_rows": JSON(lint.spillingRows), "saving": .string(lint.saving.description),
        "columns": .array(
          lint.columns.map { ["name": .string($0.name), "rows": JSON($0.rows), "usual_length": JSON($0.usualLength)] }),
        "forced_ucs2": JSON(lint.forced), "forced_saving": .string(lint.forcedSaving.description),
        "longest_row": JSON(lint.longest?.row ?? 0), "longest_units": JSON(lint.longest?.counted.units ?? 0),
      ],
    ]
  }
}
