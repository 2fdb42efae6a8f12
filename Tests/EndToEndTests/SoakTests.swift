import Testing
import Trials

/// The short form of `make soak`: one storm of refusals and one restart of the gateways.
@Suite struct SoakTests {
  @Test func `gateways that are started anew cost neither messages nor memory`() throws {
    let result = try Soak(minutes: 1.2, rate: 100).run { print("soak:", $0) }
    #expect(result.restarts == 1)
    #expect(result.violations == [])
  }
}
