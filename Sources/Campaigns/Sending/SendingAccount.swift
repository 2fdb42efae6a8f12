import Configuration
public import Gateways

/// What the sender must know of one gateway account.
public struct SendingAccount: Sendable {
  public var name: String
  public var gateway: any Gateway
  public var pace: Pacer.Limits
  /// Seconds a call may take.
  public var timeout: Double
  /// Most numbers a call.
  public var batch: Int
  /// Countries it serves; empty: all.
  public var regions: Set<String>
  public var signature: Signature

  public init(
    name: String, gateway: any Gateway, pace: Pacer.Limits, timeout: Double, batch: Int, regions: Set<String>,
    signature: Signature
  ) {
    self.name = name
    self.gateway = gateway
    self.pace = pace
    self.timeout = timeout
    self.batch = batch
    self.regions = regions
    self.signature = signature
  }

  var abilities: GatewayAbilities { type(of: gateway).abilities }
  func serves(_ region: String) -> Bool { regions.isEmpty || regions.contains(region) }
}

/// A gateway's signature and who puts it before the text.
public struct Signature: Sendable, Equatable {
  /// UTF-8 with its brackets; empty: none.
  public var text: [UInt8]
  /// The platform adds it: counted, but not sent.
  public var addedByGateway: Bool

  init(_ account: Account) {
    self.init(text: Array(account.signature.utf8), addedByGateway: account.signatureAddedBy == .gateway)
  }

  public init(text: [UInt8], addedByGateway: Bool) {
    self.text = text
    self.addedByGateway = addedByGateway
  }
}
