public import Platform

/// Numbers and times as reports and replies write them, for files of a vendor's portal as well.
public enum RecordValues {
  /// E.164 digits of a number in a record: `13800138000` (mainland when `domestic`), `8613800138000`, `+86…`, `0086…`;
  /// 0 when it is none of these.
  public static func number(_ text: String, domestic: Bool) -> UInt64 {
    var text = text
    return text.withUTF8 { bytes in
      DomesticNumber.international(unsafe Span(_unsafeElements: bytes), domestic: domestic)
    }
  }

  /// `2018-07-20 16:48:21`, `2018/7/20 16:48`, `20180720164821`, `1807201648` and the like; nil when it is no time.
  public static func time(_ text: String) -> CivilTime? { LooseTime.read(text.trimmingBlanks) }
}

extension GatewayPush {
  /// A push as it came, its query still percent-encoded.
  public init(method: String, rawQuery: String, contentType: String, body: [UInt8]) {
    let encoded = Array(rawQuery.utf8)
    let pairs = encoded.split(separator: UInt8(ascii: "&"), maxSplits: Limits.formFields).prefix(Limits.formFields)
    let query = pairs.map { part in
      let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      return (
        name: PercentCoding.decodeLeniently(halves[0]).text,
        value: halves.count > 1 ? PercentCoding.decodeLeniently(halves[1]) : []
      )
    }
    self.init(method: method, query: query, contentType: contentType, body: body)
  }
}
