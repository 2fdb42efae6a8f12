import Glibc

/// Whether something can be tried on this machine. When it cannot, the reader is told why.
///
/// - Parameter obstacle: why it cannot be tried; nil when it can.
/// - Throws: `ChildError` when `QUNFA_TRY_ALL` is set, as in CI: what is skipped there would never be seen.
public func canTry(_ name: String, _ obstacle: String?) throws -> Bool {
  guard let obstacle else { return true }
  print("\(name): skipped: \(obstacle)")
  guard unsafe getenv("QUNFA_TRY_ALL") == nil else { throw ChildError("\(name) cannot be tried here: \(obstacle)") }
  return false
}
