/// How the five platforms shall behave: what `--faults FILE` says. Without one everything goes well.
public struct FaultPlan: Sendable, Equatable {
  /// What all ids and all chances follow from; nil takes one from the clock, so that ids never come twice.
  public var seed: UInt64?
  /// Whether magic numbers work.
  public var magic = true
  /// The accounts of each platform, at least one.
  public var accounts: [SandboxGateway: [SandboxAccount]]
  public var desks: [SandboxGateway: DeskPlan]
  /// What is wrong in the bills that `--bills` asks for.
  public var bills = BillPlan()

  public init(seed: UInt64? = nil) {
    self.seed = seed
    accounts = [:]
    desks = [:]
    for gateway in SandboxGateway.allCases {
      accounts[gateway] = [.demo(gateway)]
      desks[gateway] = DeskPlan(gateway)
    }
  }
}

/// How one platform shall behave.
public struct DeskPlan: Sendable, Equatable {
  /// Messages a second that an account may submit; more is "too fast". 0: no limit.
  public var rate = 0.0
  /// Messages at once after a pause; nil: one second's worth.
  public var burst: Double?
  /// Submit calls a second of an account. 0: no limit.
  public var callsPerSecond = 0.0
  /// Seconds before every answer, drawn from this range.
  public var latency = 0.0...0.0
  public var refusedNumbers: [NumberPattern] = []
  /// Most numbers of one call.
  public var mostNumbers: Int
  /// Fewest numbers of one call (18sms 108).
  public var fewestNumbers = 1
  /// Most UTF-16 units of one text.
  public var mostUnits: Int
  /// The registered signature with its brackets, which a text must begin or end with; empty: any text will do.
  public var signature = ""
  /// juhe: li a segment; the others: segments a segment.
  public var price: Int
  /// Seconds between two questions for the balance (18sms).
  public var balanceInterval: Double
  /// Seconds that a timestamp may be off (mobset, emay).
  public var clockTolerance = 1200.0
  /// What the contract bills.
  public var billOn = SandboxBilling.accepted
  /// Millionths of a yuan a segment in the bill; nil: the price of the samples.
  public var billPrice: Int?
  public var faults: [Fault] = []
  public var reports = ReportPlan()

  public init(_ gateway: SandboxGateway) {
    (mostNumbers, mostUnits) =
      switch gateway {
      case .juhe: (500, 1000)
      case .emay: (300, 1000)
      case .mobset: (50, 900)
      case .youe: (1000, 1000)
      case .eighteen: (50_000, 536)
      }
    price = gateway == .juhe ? 35 : 1
    balanceInterval = gateway == .eighteen ? 10 : 0
  }
}

/// What becomes of the messages that a platform took.
public struct ReportPlan: Sendable, Equatable {
  /// Seconds from taking a message to its report.
  public var delay = 1.0...5.0
  /// Shares of the messages; the rest is delivered.
  public var failed = 0.03
  public var expired = 0.01
  /// No report ever comes.
  public var lost = 0.01
  /// The report comes twice.
  public var repeated = 0.0
  /// Share of the delivered messages that somebody replies to.
  public var replies = 0.01
  /// Share of the replies that want no more messages.
  public var optOuts = 0.2
  /// Where reports and replies are pushed to instead of waiting to be fetched; nil: they wait.
  public var push: String?
  /// What a push says in `receiver` and `pswd` (18sms).
  public var receiver = ""
  /// Seconds that 18sms pushes nothing after a push that failed.
  public var pushPause = 3600.0
  public var receiverPassword = ""
}
