public import Messaging
public import Platform

/// What the page says beside the messages' figures: from the ledger, the configuration and the clock.
public struct PageFacts: Sendable {
  public var campaign: String
  public var name = ""
  public var department = ""
  public var plannedAt: Timestamp?
  /// Input rows, rejected ones included.
  public var rowsRead = 0
  /// Messages of the frozen plan.
  public var planned = 0
  /// What the frozen plan would cost; nil when it says nothing.
  public var plannedCost: Money?
  public var rejected: [(reason: RejectReason, rows: Int)] = []
  /// What the walk through the books came to, counted in another way; nil when it is not known.
  public var ledger: BookSum?
  /// The totals of the vendors' bills, where they are known.
  public var bills: [BillTotal] = []
  public var writtenAt: Timestamp
  public var toolVersion: String
  /// The zone of every time on the page, and its name.
  public var zone: any Zone
  public var zoneName: String

  public init(campaign: String, writtenAt: Timestamp, toolVersion: String, zone: any Zone, zoneName: String) {
    self.campaign = campaign
    self.writtenAt = writtenAt
    self.toolVersion = toolVersion
    self.zone = zone
    self.zoneName = zoneName
  }

  /// What a vendor bills for this campaign.
  public struct BillTotal: Sendable {
    public var gateway: String
    public var segments: Int
    public var amount: Money

    public init(gateway: String, segments: Int, amount: Money) {
      self.gateway = gateway
      self.segments = segments
      self.amount = amount
    }
  }

  var rejectedRows: Int { rejected.reduce(0) { $0 + $1.rows } }
}
