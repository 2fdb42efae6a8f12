public import Gateways
import Messaging
public import Platform
import TOML

/// One account at a gateway: a `[gateways.NAME]` of qunfa.toml.
public struct Account: Sendable {
  /// What the contract says is billed.
  public enum BillOn: String, Sendable, CaseIterable {
    case accepted, delivered
    case notFailed = "not_failed"
  }
  /// Who puts the signature before the text.
  public enum SignatureAdder: String, Sendable, CaseIterable { case qunfa, gateway }

  public let name: String
  /// The protocol; `type.name` is its word in qunfa.toml.
  public let type: any Gateway.Type
  /// scheme://host:port without a final slash; nil where the protocol has an address of its own.
  public let url: String?
  /// Messages a second.
  public let rate: Double
  /// Calls a second.
  public let requests: Double
  /// Calls in flight.
  public let concurrency: Int
  /// Numbers a call.
  public let batch: Int
  /// Seconds a call may take.
  public let timeout: Int
  /// Seconds between two polls.
  public let pollInterval: Int
  /// Yuan a segment, an exact decimal as written; nil when none is set.
  public let price: String?
  /// Yuan a segment by country, before `price`.
  public let prices: [String: String]
  public let billOn: BillOn
  /// Country codes it serves; `*` stands for all.
  public let regions: [String]
  /// Empty when there is none.
  public let signature: String
  public let signatureAddedBy: SignatureAdder
  /// Certificates to trust instead of the system's.
  public let caFile: WorkspaceFile?
  /// The protocol's own settings except secrets, completed with the defaults.
  public let values: [String: String]
  /// The protocol's secrets that are set.
  public let secrets: [String: SecretSource]
  /// Where `[gateways.NAME]` stands.
  public let place: Place

  public var abilities: GatewayAbilities { type.abilities }

  public func serves(_ region: String) -> Bool { regions.contains("*") || regions.contains(region) }

  /// Yuan a segment to a country, an exact decimal; nil when no price is set for it.
  public func price(to region: String) -> String? { prices[region] ?? price }

  /// Whether every country it serves has a price.
  public var isPriced: Bool { price != nil || regions.allSatisfy { $0 != "*" && prices[$0] != nil } }

  /// The gateway with its secrets. Commands that talk to a gateway call this for all they need before anything is sent.
  ///
  /// - Throws: when an environment variable is not set, a secret's file cannot be read, or the protocol refuses a
  ///   value.
  public func open() throws(ConfigurationError) -> any Gateway {
    var resolved: [String: Secret] = [:]
    var faults: [Diagnostic] = []
    for setting in type.settings where setting.kind == .secret {
      do throws(ConfigurationError) {
        resolved[setting.key] = try secrets[setting.key]?.resolve() ?? Secret(setting.standard ?? "")
      } catch {
        faults += error.diagnostics
      }
    }
    guard faults.isEmpty else { throw ConfigurationError(.secret, faults) }
    do throws(GatewaySettingError) {
      return try type.init(url: url, values: GatewayValues(values, secrets: resolved))
    } catch {
      throw ConfigurationError(.invalid, [Account.diagnostic(error, secrets: secrets, at: place)])
    }
  }

  /// The protocol's refusal of a value, without the value when it is a secret.
  static func diagnostic(_ error: GatewaySettingError, secrets: [String: SecretSource], at place: Place) -> Diagnostic {
    let isSecret = secrets[error.key] != nil
    return Diagnostic(
      isSecret
        ? "the protocol refuses the secret '\(error.key)'" : "found '\(visible(error.found))' for '\(error.key)'",
      at: secrets[error.key]?.place ?? place, expected: error.expected)
  }
}
