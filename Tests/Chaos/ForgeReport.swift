import Judge
import Trials

/// `make forge`: forged pushes, told as a table.
enum ForgeReport {
  /// Returns the number of violations.
  static func run(pushes: Int) throws -> Int {
    tellAtOnce("forge: \(pushes) forged pushes at a listener with 600 true ones behind it")
    let result = try Forgery(pushes: pushes).run { tellAtOnce($0) }
    let rate = Double(pushes) / max(0.001, result.seconds)
    tellAtOnce("\n\(Int(result.seconds)) s, \(Int(rate)) pushes a second")
    for (what, count) in result.answered.sorted(by: { $0.key < $1.key }) { tellAtOnce("  \(what): \(count)") }
    for (what, count) in result.intruders.sorted(by: { $0.key < $1.key }) { tellAtOnce("  \(what): \(count)") }
    tellAtOnce(
      "kept: \(result.kept) pushes in \(result.spoolBytes) bytes, \(result.spoolBytes / max(1, result.kept)) a push; "
        + "unmatched reports: \(result.unmatched)")
    tellAtOnce(
      "memory in kB: before \(result.kilobytesBefore), second quarter \(result.kilobytesEarly), "
        + "last quarter \(result.kilobytesLate), most \(result.kilobytesMost)")
    tellAtOnce(
      "descriptors: before \(result.descriptorsBefore), most \(result.descriptorsMost), after \(result.descriptorsAfter)"
    )
    tellAtOnce(
      "a true push took at most \(Int(result.slowestDuring * 1000)) ms during the flood, "
        + "\(Int(result.slowestAfter * 1000)) ms after it")
    return Chaos.report("forge", result.violations)
  }
}
