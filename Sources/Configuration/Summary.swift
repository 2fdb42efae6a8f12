import Platform

/// One effective setting, as it stands in manifests and is compared when a campaign goes on.
public struct SettingLine: Sendable, Equatable {
  /// Dotted: `message.opt_out`, `gateways.juhe-main.batch`.
  public var key: String
  public var value: String
  /// Whether it decides what is sent to whom in which call. A frozen plan holds only under the same values; others
  /// (pace, times, addresses, secrets' sources) may change between two runs of a campaign.
  public var isFrozen: Bool

  public init(_ key: String, _ value: String, frozen: Bool = false) {
    self.key = key
    self.value = value
    isFrozen = frozen
  }
}

extension CampaignFile {
  /// Every effective setting of the campaign and its gateways, defaults included, without secrets, in a fixed order.
  public var summary: [SettingLine] {
    header + contacts.lines + message.lines + delivery.lines + accounts.flatMap(\.lines)
  }

  /// The frozen settings in one text, a line each, for a digest: the same settings give the same bytes.
  public var frozenText: String {
    var text = ""
    for line in summary where line.isFrozen { text += "\(line.key)=\(quoted(line.value))\n" }
    return text
  }

  private var header: [SettingLine] {
    [
      SettingLine("id", id, frozen: true), SettingLine("name", name), SettingLine("department", department),
      SettingLine("kind", kind.rawValue, frozen: true),
      SettingLine("gateways", list(accounts.map(\.name)), frozen: true),
    ]
  }
}

extension CampaignFile.Contacts {
  fileprivate var lines: [SettingLine] {
    [
      SettingLine("contacts.files", list(files.map(\.name)), frozen: true),
      SettingLine("contacts.phone", phone, frozen: true),
      SettingLine("contacts.id", id ?? "", frozen: true), SettingLine("contacts.region", region, frozen: true),
      SettingLine("contacts.encoding", encoding, frozen: true),
      SettingLine("contacts.delimiter", delimiter, frozen: true),
      SettingLine("contacts.record", record, frozen: true),
      SettingLine("contacts.dedupe", dedupe.rawValue, frozen: true),
    ]
  }
}

extension CampaignFile.Message {
  fileprivate var lines: [SettingLine] {
    let first =
      switch source {
      case .template(let file): SettingLine("message.template", file.name, frozen: true)
      case .text(let text, _): SettingLine("message.text", text, frozen: true)
      }
    return [
      first, SettingLine("message.opt_out", optOut, frozen: true),
      SettingLine("message.max_segments", String(maxSegments), frozen: true),
      SettingLine("message.missing", missing.rawValue, frozen: true),
    ]
  }
}

extension CampaignFile.Delivery {
  fileprivate var lines: [SettingLine] {
    [
      SettingLine("delivery.start", start.map { FixedZone.utc.civil($0).spaced + " UTC" } ?? ""),
      SettingLine("delivery.timer", timer.rawValue),
      SettingLine("delivery.window", window?.description ?? ""),
      SettingLine("delivery.rate", rate.map(decimal) ?? ""), SettingLine("delivery.max_cost", maxCost ?? ""),
      SettingLine("delivery.failover", String(failover)),
      SettingLine("delivery.record_balances", String(recordBalances)),
    ]
  }
}

extension Account {
  /// The account's effective settings without secrets: these show where they come from.
  public var lines: [SettingLine] {
    let common = [
      SettingLine("protocol", type.name, frozen: true), SettingLine("url", url ?? ""),
      SettingLine("rate", decimal(rate)),
      SettingLine("requests", decimal(requests)), SettingLine("concurrency", String(concurrency)),
      SettingLine("batch", String(batch), frozen: true), SettingLine("timeout", String(timeout)),
      SettingLine("poll_interval", String(pollInterval)), SettingLine("price", price ?? ""),
      SettingLine("prices", list(prices.keys.sorted().map { "\($0)=\(prices[$0] ?? "")" })),
      SettingLine("bill_on", billOn.rawValue), SettingLine("regions", list(regions), frozen: true),
      SettingLine("signature", signature, frozen: true),
      SettingLine("signature_added_by", signatureAddedBy.rawValue, frozen: true),
      SettingLine("ca_file", caFile?.name ?? ""),
    ]
    let own = values.keys.sorted().map { SettingLine($0, values[$0] ?? "") }
    let hidden = secrets.keys.sorted().map { SettingLine($0, secrets[$0]?.shown ?? "") }
    return (common + own + hidden).map { SettingLine("gateways.\(name).\($0.key)", $0.value, frozen: $0.isFrozen) }
  }
}

private func list(_ words: [String]) -> String { words.map(quoted).joined(separator: ",") }

/// Quoted where a comma, line feed or quotation mark would make two lists look alike.
private func quoted(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0 == "," || $0 == "\n" || $0 == "\r" || $0 == "\"" || $0 == "\\" })
  else {
    return text
  }
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\"", "\\": result += "\\\(scalar)"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// A pace without `.0`.
private func decimal(_ value: Double) -> String {
  value == value.rounded() ? String(Int(value)) : String(value)
}
