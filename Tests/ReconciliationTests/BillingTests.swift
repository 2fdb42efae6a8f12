import Configuration
import Messaging
import Testing

@testable import Reconciliation

/// product.md, "Money" and "Settled points": what `bill_on` bills.
@Suite struct BillingTests {
  /// State, whether the gateway took it, and what is billed under accepted, delivered, not_failed.
  static let table: [(state: DeliveryState, isAccepted: Bool, accepted: Bool, delivered: Bool, notFailed: Bool)] = [
    (.accepted, true, true, false, true),
    (.delivered, true, true, true, true),
    (.partial, true, true, true, true),
    (.failed, true, true, false, false),
    (.expired, true, true, false, true),
    (.failed, false, false, false, false),
    (.refused, false, false, false, false),
    (.unknown, false, false, false, false),
    (.planned, false, false, false, false),
    (.sending, false, false, false, false),
    (.cancelled, false, false, false, false),
  ]

  @Test(arguments: table)
  func `the contract says what is billed`(
    _ row: (state: DeliveryState, isAccepted: Bool, accepted: Bool, delivered: Bool, notFailed: Bool)
  ) {
    for (billOn, isBilled) in [
      (Account.BillOn.accepted, row.accepted), (.delivered, row.delivered), (.notFailed, row.notFailed),
    ] {
      #expect(Billing.isBilled(row.state, isAccepted: row.isAccepted, on: billOn) == isBilled)
    }
  }

  @Test func `a rate is rounded down, and only all are a hundred`() {
    var line = SummaryFile.Line(campaign: "c", department: "", gateway: "j", day: "")
    #expect(line.deliveredRate == "")
    line.accepted = 100_000
    line.delivered = 99_999
    #expect(line.deliveredRate == "99.99")
    line.delivered = 5
    #expect(line.deliveredRate == "0.00")
    line.delivered = line.accepted
    #expect(line.deliveredRate == "100.00")
  }
}
