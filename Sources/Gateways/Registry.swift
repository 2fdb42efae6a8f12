/// The protocols that qunfa speaks, in the order in which they are listed.
public let allGateways: [any Gateway.Type] = [Juhe.self, Emay.self, Mobset.self, Youe.self, Eighteen.self]
