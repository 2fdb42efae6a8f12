import Messaging

/// A word of the page in English with the Chinese one beside it.
func words(_ english: Markup, _ chinese: Markup) -> Markup {
  "\(english) <span class=\"zh\" lang=\"zh-Hans\">\(chinese)</span>"
}

/// A name from a file: set apart, so that its direction of writing stays its own.
func name(_ data: String) -> Markup { "<bdi>\(data)</bdi>" }

extension DeliveryState {
  /// In the order in which the page shows them.
  static let shown: [DeliveryState] = [
    .delivered, .accepted, .partial, .expired, .failed, .refused, .unknown, .sending, .planned, .cancelled,
  ]

  var caption: Markup {
    switch self {
    case .planned: words("not sent yet", "未发送")
    case .sending: words("being sent", "发送中")
    case .accepted: words("waiting for a report", "等待回执")
    case .refused: words("refused by the gateway", "网关拒绝")
    case .unknown: words("unknown", "结果未知")
    case .cancelled: words("cancelled", "已取消")
    case .failed: words("failed", "失败")
    case .delivered: words("delivered", "已送达")
    case .expired: words("expired", "超时")
    case .partial: words("partly delivered", "部分送达")
    }
  }

  /// The CSS class of its colour.
  var tone: Markup {
    switch self {
    case .delivered: "good"
    case .accepted, .sending: "wait"
    case .partial, .expired: "warn"
    case .failed, .refused: "bad"
    case .unknown: "odd"
    case .planned, .cancelled: "idle"
    }
  }
}

extension RejectReason {
  var caption: Markup {
    switch self {
    case .malformed: words("malformed row", "行格式错误")
    case .missingPhone: words("no phone number", "缺少号码")
    case .invalidPhone: words("invalid phone number", "号码无效")
    case .unsupportedRegion: words("country not served", "不支持的国家或地区")
    case .duplicate: words("duplicate", "重复")
    case .suppressed: words("opted out", "已退订")
    case .missingValue: words("value missing for the text", "缺少变量值")
    case .emptyText: words("empty text", "内容为空")
    case .tooLong: words("text too long", "内容过长")
    case .badText: words("text with bad characters", "内容含非法字符")
    }
  }
}
