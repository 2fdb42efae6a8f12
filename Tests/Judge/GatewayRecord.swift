import JSON
import Platform
import TestSupport

/// A gateway's account as the tool and as the sandbox name it.
public struct JudgedAccount: Sendable, Hashable {
  /// In qunfa.toml.
  public var name: String
  /// The sandbox's gateway.
  public var gateway: String
  /// The sandbox's login; nil: the only one.
  public var login: String?

  public init(_ name: String, gateway: String? = nil, login: String? = nil) {
    self.name = name
    self.gateway = gateway ?? name
    self.login = login
  }
}

/// What the gateways took and gave, by their own logs (docs/sandbox.md).
public struct GatewayRecord: Sendable {
  /// A message that a gateway took.
  public struct Taken: Sendable {
    public var number: UInt64
    /// As the tool's ledger writes them: joined by a space.
    public var ids: String
    public var link: String
    public var text: String
  }

  /// A report or reply that a gateway gave away.
  public struct Handed: Sendable {
    public enum Way: String, Sendable { case pull, push, failedPush = "failed_push" }
    public var isReply: Bool
    public var way: Way
    /// Counts a gateway's fetches of the kind, on and on over its restarts.
    public var page: Int
    public var number: UInt64
    public var id: String
    public var link: String
    public var outcome: String
    /// The gateway's word for the outcome.
    public var code: String
    /// Of a reply.
    public var text: String
  }

  /// By the tool's account name.
  public private(set) var taken: [String: [Taken]] = [:]
  public private(set) var handed: [String: [Handed]] = [:]

  /// - Parameter handedLog: nil, or a file that is not there: nothing was handed out.
  public init(log: String, handedLog: String?, accounts: [JudgedAccount], numbers: ClosedRange<UInt64> = 0...UInt64.max)
    throws
  {
    try GatewayRecord.forEachLine(log) { line in
      guard let account = GatewayRecord.account(of: line, accounts) else { return }
      let number = GatewayRecord.number(line["number"]?.text ?? "")
      guard numbers.contains(number) else { return }
      let ids = line["ids"]?.elements?.compactMap(\.text) ?? []
      taken[account, default: []].append(
        Taken(
          number: number, ids: ids.joined(separator: " "), link: line["link_id"]?.text ?? "",
          text: line["text"]?.text ?? ""))
    }
    guard let handedLog else { return }
    var counters: [String: PageCounter] = [:]
    try GatewayRecord.forEachLine(handedLog) { line in
      guard let account = GatewayRecord.account(of: line, accounts) else { return }
      let number = GatewayRecord.number(line["number"]?.text ?? "")
      guard numbers.contains(number) else { return }
      var page = Int(line["page"]?.text ?? "") ?? 0
      if line["way"] == "pull" {
        page = counters[account + (line["kind"]?.text ?? ""), default: .init()].follow(page)
      }
      handed[account, default: []].append(
        Handed(
          isReply: line["kind"] == "reply", way: Handed.Way(rawValue: line["way"]?.text ?? "") ?? .failedPush,
          page: page, number: number, id: line["id"]?.text ?? "",
          link: line["link_id"]?.text ?? "", outcome: line["outcome"]?.text ?? "",
          code: line["code"]?.text ?? "", text: line["text"]?.text ?? ""))
    }
  }

  /// The sandbox counts from 1 again when it is started anew.
  private struct PageCounter {
    private var before = 0
    private var last = 0

    mutating func follow(_ page: Int) -> Int {
      if page < last { before += last }
      last = page
      return before + page
    }
  }

  private static func account(of line: JSON, _ accounts: [JudgedAccount]) -> String? {
    let (gateway, login) = (line["gateway"]?.text, line["account"]?.text)
    return accounts.first { $0.gateway == gateway && ($0.login == nil || $0.login == login) }?.name
  }

  private static func forEachLine(_ path: String, _ body: (JSON) -> Void) throws {
    guard Files.exists(path) else { return }
    let bytes = try Files.read(path, limit: 1 << 32)
    for line in bytes.split(separator: 0x0A) { body(try JSON(parsing: Array(line))) }
  }

  /// E.164 digits, as the ledger has them.
  static func number(_ text: String) -> UInt64 {
    let digits = text.hasPrefix("00") ? String(text.dropFirst(2)) : text.count == 11 ? "86" + text : text
    return UInt64(digits) ?? 0
  }
}
