import Glibc
import Messaging
import Platform

/// Drawings without a scale of their own: places are percent of the width, so letters keep their size on a narrow
/// screen.
enum Chart {
  /// One bar of `share` (0 to 1) of its cell. The figure stands beside it, so readers that do not see pass over it.
  static func bar(_ share: Double, _ tone: Markup) -> Markup { bars([(share, tone)]) }

  /// Bars under one another.
  static func bars(_ bars: [(share: Double, tone: Markup)]) -> Markup {
    let rows = bars.enumerated().map { index, bar -> Markup in
      let width = bar.share > 0 ? max(0.8, min(1, bar.share) * 100) : 0
      let place: Markup = "y=\"\(index * 13)\" width=\"\(at: width)%\" height=\"10\" rx=\"2\""
      return
        "<rect class=\"rail\" y=\"\(index * 13)\" width=\"100%\" height=\"10\" rx=\"2\"/><rect class=\"\(bar.tone)\" \(place)/>"
    }
    return "<svg class=\"bar\" height=\"\(bars.count * 13 - 3)\" aria-hidden=\"true\">\(rows)</svg>"
  }

  /// One bar of all parts, the shares of which come to 1.
  static func stack(_ parts: [(share: Double, tone: Markup)]) -> Markup {
    var start = 0.0
    var pieces: [Markup] = []
    for part in parts where part.share > 0 {
      pieces.append(
        "<rect class=\"\(part.tone)\" x=\"\(at: start * 100)%\" width=\"\(at: part.share * 100)%\" height=\"18\"/>")
      start += part.share
    }
    return "<svg class=\"stack\" height=\"18\" aria-hidden=\"true\">\(pieces)</svg>"
  }

  static func share(_ part: Int, of whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

  /// For drawing only.
  static func share(_ part: Money, of whole: Money) -> Double {
    guard let part = Double(part.description), let whole = Double(whole.description), whole > 0 else { return 0 }
    return part / whole
  }
}

/// The share of accepted messages that was delivered within so many seconds, on a logarithmic axis.
struct DelayChart {
  let delays: DelayHistogram
  let accepted: Int

  private static let ticks: [(seconds: Int, label: Markup, isMinor: Bool)] = [
    (1, "1 s", false), (10, "10 s", true), (60, "1 min", false), (600, "10 min", true), (3600, "1 h", false),
    (21_600, "6 h", true), (86_400, "1 d", false), (259_200, "3 d", true),
  ]
  private static let top = 66.0
  private static let height = 180.0

  /// Where the axis ends: the first tick that no delay lies beyond.
  private var end: Int {
    let longest = delays.later > 0 ? DelayHistogram.limit : delays.longest ?? 0
    return DelayChart.ticks.first { $0.seconds >= max(60, longest) }?.seconds ?? DelayHistogram.limit
  }

  private func place(_ seconds: Int) -> Double { log10(Double(max(1, seconds))) / log10(Double(end)) }
  private func across(_ seconds: Int) -> Double { 3 + place(seconds) * 94 }

  func svg(_ description: Markup) -> Markup {
    let bottom = DelayChart.top + DelayChart.height
    var grid: Markup = ""
    for quarter in 0...4 {
      let y = bottom - Double(quarter) / 4 * DelayChart.height
      grid += "<line class=\"grid\" x1=\"3%\" x2=\"97%\" y1=\"\(at: y)\" y2=\"\(at: y)\"/>"
      if quarter > 0, quarter % 2 == 0 {
        grid += "<text class=\"halo\" x=\"3%\" dx=\"2\" y=\"\(at: y + 13)\">\(quarter * 25)%</text>"
      }
    }
    for tick in DelayChart.ticks where tick.seconds <= end {
      let x = across(tick.seconds)
      let kind: Markup = tick.isMinor ? "minor" : "major"
      // Centred under the last tick a label would run over the edge.
      let anchor: Markup = tick.seconds == end ? "end" : "mid"
      grid += "<line class=\"tick\" x1=\"\(at: x)%\" x2=\"\(at: x)%\" y1=\"\(at: bottom)\" y2=\"\(at: bottom + 5)\"/>"
      grid += "<text class=\"\(anchor) \(kind)\" x=\"\(at: x)%\" y=\"\(at: bottom + 20)\">\(tick.label)</text>"
    }
    return """
      <svg class="plot" height="276" role="img" aria-labelledby="delay-title delay-desc">
      <title id="delay-title">Share of accepted messages delivered, by time since submission</title>
      <desc id="delay-desc">\(description)</desc>
      \(grid)<svg x="3%" y="\(at: DelayChart.top)" width="94%" height="\(at: DelayChart.height)" viewBox="0 0 1000 1000" \
      preserveAspectRatio="none" overflow="visible">\(curve)</svg>\(marks)</svg>
      """
  }

  private var curve: Markup {
    let steps = 240
    var seconds: [Int] = []
    for step in 0...steps {
      let second = Int(pow(10, Double(step) / Double(steps) * log10(Double(end))) + 1e-9)
      if seconds.last != second { seconds.append(second) }
    }
    var line: Markup = ""
    for (second, sum) in zip(seconds, delays.cumulative(seconds)) {
      let y = 1000 - Chart.share(sum, of: accepted) * 1000
      // Counts change at whole seconds, so the line is one of steps where seconds can be told apart.
      line += line.source.isEmpty ? "M0 \(at: y)" : "H\(at: place(second) * 1000)V\(at: y)"
    }
    return "<path class=\"area\" d=\"\(line)H1000V1000H0Z\"/><path class=\"line\" d=\"\(line)H1000\"/>"
  }

  /// The percentiles, the label of each in a row of its own, so that none covers another.
  private var marks: Markup {
    var marks: Markup = ""
    for (row, (percent, label)) in [(50, "median"), (90, "90%"), (99, "99%")].enumerated() {
      guard let seconds = delays.percentile(percent) else { continue }
      let x = across(seconds)
      let y = 14.0 + Double(row) * 18
      let isRight = x > 62
      let anchor: Markup = isRight ? "end" : "start"
      marks += """
        <line class="mark" x1="\(at: x)%" x2="\(at: x)%" y1="\(at: y - 10)" y2="\(at: DelayChart.top + DelayChart.height)"/>\
        <text class="halo \(anchor)" x="\(at: x)%" dx="\(isRight ? -6 : 6)" y="\(at: y)">\(label) <tspan class="strong">\
        \(duration(seconds))</tspan></text>
        """
    }
    return marks
  }
}

/// Submitted messages over the time of sending.
struct SubmissionChart {
  /// Start of each bar and its messages, without gaps.
  private(set) var bars: [(start: Timestamp, messages: Int)] = []
  /// Seconds of one bar.
  private(set) var step: Int64 = 60
  private let zone: any Zone

  private static let most: Int64 = 72

  init(_ counts: SubmissionCounts, zone: any Zone) {
    self.zone = zone
    var counts = counts
    counts.settle()
    guard let first = counts.first, let last = counts.last else { return }
    // Whole hours and days of the zone; its offset at the start serves for the whole campaign.
    let offset = FixedZone.utc.moment(zone.civil(first)).seconds - first.seconds
    let span = last.seconds - first.seconds
    let steps: [Int64] = [60, 300, 900, 3600, 21_600, 86_400, 604_800]
    step = steps.first { $0 >= counts.step && span / $0 + 2 <= SubmissionChart.most } ?? 604_800
    while span / step + 2 > SubmissionChart.most { step *= 2 }
    let start = (first.seconds + offset) / step
    let count = Int((last.seconds + offset) / step - start) + 1
    var sums = [Int](repeating: 0, count: count)
    for (key, messages) in counts.counts {
      let index = Int((key * counts.step + offset) / step - start)
      sums[min(max(0, index), count - 1)] += messages
    }
    bars = sums.enumerated().map { (Timestamp(seconds: (start + Int64($0)) * step - offset), $1) }
  }

  var stepWords: Markup {
    switch step {
    case 60: words("per minute", "每分钟")
    case 300: words("per 5 minutes", "每5分钟")
    case 900: words("per 15 minutes", "每15分钟")
    case 3600: words("per hour", "每小时")
    case 21_600: words("per 6 hours", "每6小时")
    case 86_400: words("per day", "每天")
    default: words("per \(Int(step / 86_400)) days", "每\(Int(step / 86_400))天")
    }
  }

  var peak: (start: Timestamp, messages: Int)? { bars.max { $0.messages < $1.messages } }

  /// `11-11 09:05`
  func label(_ moment: Timestamp) -> String {
    let text = zone.civil(moment).spaced
    return String(text.dropFirst(5).prefix(step >= 86_400 ? 5 : 11))
  }

  func svg(_ description: Markup) -> Markup {
    guard let peak, peak.messages > 0 else { return "" }
    let width = 94.0 / Double(max(bars.count, 12))
    var drawn: Markup = ""
    for (index, bar) in bars.enumerated() where bar.messages > 0 {
      let height = max(1, Chart.share(bar.messages, of: peak.messages) * 216)
      drawn += """
        <rect class="blue" x="\(at: 3 + Double(index) * width)%" width="\(at: width * 0.86)%" y="\(at: 242 - height)" \
        height="\(at: height)"/>
        """
    }
    return """
      <svg class="plot" height="276" role="img" aria-labelledby="pace-title pace-desc">
      <title id="pace-title">Submitted messages over time</title><desc id="pace-desc">\(description)</desc>
      <line class="grid" x1="3%" x2="97%" y1="26" y2="26"/><line class="grid" x1="3%" x2="97%" y1="134" y2="134"/>
      <text x="3%" y="18">peak <tspan class="strong">\(count: peak.messages)</tspan></text>
      \(drawn)<line class="axis" x1="3%" x2="97%" y1="242" y2="242"/>\(labels(width))</svg>
      """
  }

  private func labels(_ width: Double) -> Markup {
    let wanted = min(5, max(1, bars.count / 2))
    let every = max(1, bars.count / wanted)
    var labels: Markup = ""
    var day = ""
    for (number, index) in stride(from: 0, to: bars.count, by: every).enumerated() {
      let x = 3 + Double(index) * width
      guard x < 84 || index == 0 else { break }
      let kind: Markup = number % 2 == 0 ? "major" : "minor"
      let words = label(bars[index].start)
      // The day once, then only the time of it.
      let isSameDay = step < 86_400 && words.prefix(5) == day
      day = String(words.prefix(5))
      let shown = isSameDay ? String(words.dropFirst(6)) : words
      labels += "<text class=\"\(kind)\" x=\"\(at: x)%\" y=\"262\">\(shown)</text>"
    }
    return labels
  }
}
