import Glibc
public import Judge
import Platform
public import TestSupport

/// A workspace with all gateways that a trial needs, made for the sandbox's demo accounts.
public final class TrialWorkspace: Sendable {
  /// How the tool is set up.
  public struct Setup: Sendable {
    public var gateways = TrialWorkspace.allGateways
    public var batch = 25
    public var concurrency = 4
    public var timeout = 5
    public var rate = 100_000
    public var requests = 1_000
    /// 0: nobody listens.
    public var listenPort: UInt16 = 0
    /// More lines for a gateway's table in qunfa.toml, by gateway.
    public var lines: [String: String] = [:]
    /// More variables for the tool.
    public var environment: [String] = []

    public init() {}
  }

  public static let allGateways = ["juhe", "emay", "mobset", "youe", "18sms"]
  /// In the paths of pushes.
  public static let secret = "0123456789abcdef0123456789abcdef"

  public let folder: TemporaryFolder
  public let setup: Setup

  public init(_ setup: Setup, gatewaysAt address: String) throws {
    self.setup = setup
    folder = try TemporaryFolder()
    var text = ""
    if setup.listenPort > 0 {
      text += "[listen]\nport = \(setup.listenPort)\npath_secret = \"\(Self.secret)\"\n"
    }
    for name in setup.gateways { text += table(name, address) }
    let path = try folder.write("qunfa.toml", text)
    _ = unsafe chmod(path, 0o600)
  }

  private func table(_ name: String, _ address: String) -> String {
    let account: [String: String] =
      switch name {
      case "juhe": ["account": "922011", "password": "sandbox-juhe", "extno": "1069012345"]
      case "emay": ["app_id": "EUCP-EMY-SMS0-DEMO1", "secret_key": "sandbox-emay"]
      case "mobset": ["corp_id": "300003", "login_name": "demo", "password": "sandbox-mobset"]
      case "youe": ["uid": "demo", "password": "sandbox-youe"]
      default: ["account": "demo", "password": "sandbox-18sms"]
      }
    let credentials = account.sorted { $0.key < $1.key }.map { "\($0.key) = \"\($0.value)\"\n" }.joined()
    return """
      [gateways.\(name)]
      protocol = "\(name)"
      url = "\(address)"
      \(credentials)price = "0.05"
      signature = "【示例】"
      batch = \(setup.batch)
      concurrency = \(setup.concurrency)
      timeout = \(setup.timeout)
      rate = \(setup.rate)
      requests = \(setup.requests)
      \(setup.lines[name] ?? "")

      """
  }

  /// Adds a campaign of numbers that follow one another.
  public func addCampaign(_ id: String, gateways: [String], first: Int, count: Int, delivery: String = "") throws {
    let names = gateways.map { "\"\($0)\"" }.joined(separator: ", ")
    // Texts of their own where the gateway has a call for that.
    let isPointToPoint = gateways.allSatisfy { ["juhe", "emay"].contains($0) }
    try folder.write(
      "\(id).toml",
      """
      id = "\(id)"
      kind = "notice"
      gateways = [\(names)]
      [contacts]
      files = ["\(id).csv"]
      phone = "手机号"
      [message]
      text = "\(isPointToPoint ? "您好{{姓名}}，今晚八折" : "今晚八折")"
      [delivery]
      \(delivery)

      """)
    try folder.write("\(id).csv", "手机号,姓名\n" + (0..<count).map { "\(first + $0),客户\($0)\n" }.joined())
  }

  /// Starts the tool in the workspace.
  public func start(_ arguments: [String], through wrapper: [String] = [], more: [String] = []) throws -> ChildProcess {
    let environment = setup.environment + more
    guard let program = wrapper.first else {
      return try BuiltTool.start(arguments, in: folder.path, environment: environment)
    }
    return try ChildProcess(
      program, wrapper.dropFirst() + [BuiltTool.path()] + arguments, in: folder.path, environment: environment)
  }

  @discardableResult public func run(_ arguments: String..., deadline: Double = 300) throws -> ChildResult {
    try start(arguments).wait(deadline: deadline)
  }

  public func campaignFile(_ id: String) -> String { id + ".toml" }

  /// What the judge needs, without the bounds.
  public func evidence(_ campaigns: [String], _ sandbox: SandboxProcess) -> Evidence {
    Evidence(
      workspace: folder.path, campaigns: campaigns, accounts: setup.gateways.map { JudgedAccount($0) },
      log: sandbox.log, handedLog: sandbox.handedLog)
  }
}

/// What the built tool can do.
public enum ToolCommands {
  /// The commands that its help names.
  public static let all: Set<String> = {
    guard let help = try? BuiltTool.run("--help", in: "/tmp") else { return [] }
    let words = (help.output + help.errors).split(separator: "\n").compactMap { line -> String? in
      line.hasPrefix("  ") ? line.split(separator: " ").first.map(String.init) : nil
    }
    return Set(words)
  }()

  public static func has(_ name: String) -> Bool { all.contains(name) }
}
