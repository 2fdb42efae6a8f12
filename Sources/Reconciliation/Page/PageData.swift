import JSON
import Messaging

extension ReportPage {
  /// All figures as JSON, for machines; what could end the element or act unseen is neutralised.
  var data: Markup {
    let delays = figures.delays
    let bounds = [10, 60, 600, 3600, 86_400, DelayHistogram.limit]
    let json: JSON = [
      "tool_version": text(facts.toolVersion), "campaign": text(facts.campaign), "rows_read": JSON(facts.rowsRead),
      "rejected": .object(facts.rejected.map { .init($0.reason.rawValue, JSON($0.rows)) }),
      "planned": JSON(figures.total.messages), "submitted": JSON(figures.submitted),
      "accepted": JSON(figures.accepted), "delivered": JSON(figures.delivered), "waiting": JSON(figures.waiting),
      "unknown": JSON(figures.unknown), "segments": JSON(figures.total.segments),
      "billable_segments": JSON(figures.billableSegments), "predicted_cost": .string(figures.predicted.description),
      "cost": .string(figures.cost.description), "unpriced": JSON(figures.unpriced),
      "states": .object(
        DeliveryState.allCases.map { state in
          let count = figures.count(of: state)
          return .init(state.rawValue, ["messages": JSON(count.messages), "segments": JSON(count.segments)])
        }),
      "gateways": .array(figures.gateways.indices.map(gateway)),
      "messages_by_segments": .object(
        figures.segments.sorted { $0.key < $1.key }.map { .init(String($0.key), JSON($0.value)) }),
      "delays": [
        "messages": JSON(delays.total), "later_than_3_days": JSON(delays.later),
        "before_submission": JSON(delays.early),
        "median": seconds(delays.percentile(50)), "p90": seconds(delays.percentile(90)),
        "p99": seconds(delays.percentile(99)),
        "within": .object(zip(bounds, delays.cumulative(bounds)).map { .init(String($0), JSON($1)) }),
      ],
      "conserved": .boolean(isConserved),
    ]
    return Markup(script: json.serialized)
  }

  private func gateway(_ index: Int) -> JSON {
    let gateway = figures.gateways[index]
    return [
      "name": text(gateway.name), "messages": JSON(gateway.messages), "submitted": JSON(gateway.submitted),
      "accepted": JSON(gateway.accepted), "delivered": JSON(gateway.delivered), "segments": JSON(gateway.segments),
      "billable_segments": JSON(gateway.billableSegments), "predicted_cost": .string(gateway.predicted.description),
      "cost": .string(gateway.cost.description), "unpriced": JSON(gateway.unpriced),
      "codes": .array(
        figures.codes(of: index).map {
          [
            "code": text($0.code.code, isWord: true), "meaning": text($0.code.meaning, isWord: true),
            "state": .string($0.code.state.rawValue), "messages": JSON($0.messages),
          ]
        }),
    ]
  }

  private func text(_ data: String, isWord: Bool = false) -> JSON {
    .string(Markup.plain(isWord ? Markup.withoutNumbers(data) : data))
  }

  private func seconds(_ value: Int?) -> JSON { value.map { JSON($0) } ?? .null }
}

extension Markup {
  /// JSON inside a script element, where nothing is an entity: `<`, `>` and `&` become escapes of JSON's own.
  fileprivate init(script json: String) {
    var result = ""
    for scalar in json.unicodeScalars {
      switch scalar {
      case "<": result += "\\u003c"
      case ">": result += "\\u003e"
      case "&": result += "\\u0026"
      default: result.unicodeScalars.append(scalar)
      }
    }
    self.init(stringLiteral: result)
  }
}
