/// Why an input row was rejected (product.md, "What happens to a row").
public enum RejectReason: String, Sendable, CaseIterable {
  case malformed
  case missingPhone = "missing_phone"
  case invalidPhone = "invalid_phone"
  case unsupportedRegion = "unsupported_region"
  case duplicate
  case suppressed
  case missingValue = "missing_value"
  case emptyText = "empty_text"
  case tooLong = "too_long"
  case badText = "bad_text"
}

/// What is wrong with one input row. Judged data is not an exception: a bad row is a finding.
public struct Finding: Sendable, Equatable {
  public var reason: RejectReason
  /// A short phrase for `rejected.csv`; may quote the row, which stands beside it.
  public var detail: String

  public init(_ reason: RejectReason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }
}
