import TestSupport
import Testing
import Trials

/// The short form of `make forge`.
@Suite struct ForgeryTests {
  @Test func `twenty thousand forged pushes change no state, hold nobody up and leave no trace on the screen`() throws {
    let result = try Forgery(pushes: 20_000).run { _ in }
    print(
      "forged pushes: \(Int(result.seconds)) s, \(result.kept) kept, \(result.unmatched) unmatched, "
        + "\(result.kilobytesEarly) kB then \(result.kilobytesLate) kB, true ones within \(result.slowestAfter) s")
    #expect(result.violations.isEmpty, "\(result.violations)")
  }
}
