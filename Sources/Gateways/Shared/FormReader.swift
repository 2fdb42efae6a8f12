import Platform

/// The fields of a push, whether they came in the query or as a form body.
struct FormReader {
  private(set) var pairs: [(name: String, value: [UInt8])]
  private let prefersGB: Bool

  /// Query first, then the body's pairs unless the body is of another kind (JSON, XML).
  init(_ push: GatewayPush, prefersGB: Bool = false) {
    self.prefersGB = prefersGB
    pairs = Array(push.query.prefix(Limits.formFields))
    let kind = push.contentType.lowercased()
    if kind.isEmpty || kind.contains("form-urlencoded") || kind.contains("text/plain") { read(push.body) }
  }

  /// The first value of that name whatever its letters' case; nil when there is none.
  func value(_ name: String) -> [UInt8]? {
    let wanted = name.lowercased()
    return pairs.first { $0.name.lowercased() == wanted }?.value
  }

  /// Empty when there is no such field.
  func text(_ name: String) -> String {
    value(name).map { GBText.read($0, prefersGB: prefersGB).trimmingBlanks } ?? ""
  }

  /// All pairs as they would stand in a query, without those named in `secrets`.
  func raw(without secrets: Set<String>) -> String {
    var bytes = ByteBuffer()
    for pair in pairs where !secrets.contains(pair.name.lowercased()) {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
      bytes.append(pair.name)
      bytes.append(UInt8(ascii: "="))
      bytes.append(percentEncoding: pair.value.span)
    }
    return bytes.span.text
  }

  private mutating func read(_ body: [UInt8]) {
    for part in body.split(separator: UInt8(ascii: "&"), maxSplits: Limits.formFields) {
      guard pairs.count < Limits.formFields else { return }
      let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decodeLeniently(halves[0])
      let value = halves.count > 1 ? PercentCoding.decodeLeniently(halves[1]) : []
      pairs.append((GBText.read(name).trimmingBlanks, value))
    }
  }
}
