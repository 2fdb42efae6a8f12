import Gateways
import Platform

/// The passwords that a gateway puts into its own pushes: they prove it at the door and are not kept.
enum PushSecrets {
  /// A query or form with `***` in place of such values; everything else stays byte by byte.
  static func removed(from form: [UInt8], _ gateway: any ReportingGateway) -> [UInt8] {
    let names = type(of: gateway).pushSecrets
    guard !names.isEmpty else { return form }
    var result: [UInt8] = []
    result.reserveCapacity(form.count)
    for (index, pair) in form.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).enumerated() {
      if index > 0 { result.append(UInt8(ascii: "&")) }
      if let sign = pair.firstIndex(of: UInt8(ascii: "=")), sign + 1 < pair.endIndex,
        names.contains(Array(pair[..<sign]).text.lowercased())
      {
        result += pair[...sign]
        result += Array("***".utf8)
      } else {
        result += pair
      }
    }
    return result
  }
}
