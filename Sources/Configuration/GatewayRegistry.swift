public import Gateways

/// The protocols that a program knows; `protocol = "…"` chooses among them.
public struct GatewayRegistry: Sendable {
  public let types: [any Gateway.Type]

  public init(_ types: [any Gateway.Type]) { self.types = types }

  /// The protocol names, in the registry's order.
  public var names: [String] { types.map { $0.name } }

  public subscript(name: String) -> (any Gateway.Type)? { types.first { $0.name == name } }

  /// The protocols that have a key of this name of their own.
  func protocols(with key: String) -> [String] {
    types.filter { $0.settings.contains { $0.key == key } }.map { $0.name }
  }
}
