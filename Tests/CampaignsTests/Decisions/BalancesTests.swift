import Configuration
import Gateways
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct BalancesTests {
  private func ask(
    _ fixture: DecisionFixture, _ names: [String], _ transport: ScriptedTransport
  ) throws(RunError) -> BalanceReport {
    try fixture.workspace.balances(
      of: names, console: fixture.console, monotonic: { transport.clock }, connect: { _ in transport })
  }

  @Test func `balances are told exactly and kept`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport(bodies: [#"{"status":"0","balance":"-12345"}"#, #"{"Code":1000}"#])
    let report = try ask(fixture, ["j", "m"], transport)
    #expect(
      report.answers == [
        BalanceAnswer("j", .told([.init(amount: "-12345", unit: .li)])),
        BalanceAnswer("m", .told([.init(amount: "1000", unit: .messages)])),
      ])
    #expect(report.exitCode == .done)
    let kept = try fixture.workspace.store().lastBalances()
    #expect(kept.map { "\($0.gateway) \($0.words)" } == ["j -12.345 yuan", "m 1000 messages"])
    #expect(kept.map(\.at) == [fixture.console.time, fixture.console.time])
  }

  @Test func `every account that tells a balance is asked when none is named`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport([])
    let report = try ask(fixture, [], transport)
    #expect(report.answers.map(\.account) == ["j", "m", "x", "y"])
    #expect(transport.requests.map(\.account) == ["j", "m", "x", "y"])
    #expect(report.exitCode == .gatewayStopped)
  }

  @Test func `an account without a balance says so`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport([])
    let report = try ask(fixture, ["e"], transport)
    #expect(report.answers == [BalanceAnswer("e", .untold)])
    #expect(report.exitCode == .done)
    #expect(transport.requests.isEmpty)
  }

  @Test(arguments: [
    (
      Completion.Result.answered(GatewayAnswer(status: 200, body: Array("20261111100000,102".utf8)), date: nil),
      "the gateway answered 102: the password is wrong (密码不对)"
    ),
    (
      .answered(GatewayAnswer(status: 200, body: Array("<html>".utf8)), date: nil),
      "the answer cannot be read: the answer does not begin with a time and a code"
    ),
    (.notSent("connection refused"), "no answer: connection refused"),
    (.unknown("timeout"), "no answer: timeout"),
  ])
  func `why there is no answer is told`(_ result: Completion.Result, _ reason: String) throws {
    let fixture = try DecisionFixture()
    let report = try ask(fixture, ["x"], ScriptedTransport([result]))
    #expect(report.answers == [BalanceAnswer("x", .failed(reason))])
    #expect(report.exitCode == .gatewayStopped)
    #expect(try fixture.workspace.store().lastBalances().isEmpty)
  }

  @Test func `an account that was asked too fast is asked again after its interval, three times at most`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport(bodies: [
      "20261111100000,103", "20261111100010,103", "20261111100020,0\n12,500",
    ])
    let report = try ask(fixture, ["x"], transport)
    #expect(report.answers == [BalanceAnswer("x", .told([.init(product: "12", amount: "500", unit: .messages)]))])
    #expect(transport.requests.count == 3)
    #expect(transport.clock >= 20 && transport.clock < 21)
    let stubborn = ScriptedTransport(bodies: Array(repeating: "20261111100000,103", count: 9))
    fixture.console.time = fixture.console.time + 100
    #expect(
      try ask(fixture, ["x"], stubborn).answers
        == [BalanceAnswer("x", .failed("the gateway answered 103: submitted or asked too fast (提交或查询过快，超过流速限制)"))])
    #expect(stubborn.requests.count == 3)
  }

  @Test(arguments: [(4.0, 6.0), (10.0, 0.0), (-5.0, 10.0)])
  func `the interval since the last answer is waited for`(_ elapsed: Double, _ wait: Double) throws {
    let fixture = try DecisionFixture()
    let store = try fixture.workspace.store()
    try store.record([.init(at: fixture.console.time, gateway: "x", product: "12", amount: "1", unit: "messages")])
    fixture.console.time = fixture.console.time + elapsed
    let transport = ScriptedTransport(bodies: ["20261111100020,0\n12,500"])
    _ = try ask(fixture, ["x"], transport)
    #expect(transport.requests.count == 1)
    #expect(transport.clock == wait)
  }

  @Test func `a name that stands in no configuration is refused`() throws {
    let fixture = try DecisionFixture()
    let error = #expect(throws: RunError.self) { _ = try ask(fixture, ["jj"], ScriptedTransport([])) }
    #expect(error?.code == .usage)
    #expect(
      error?.diagnostic.description
        == "qunfa.toml: error: no gateway 'jj'; expected a [gateways.NAME]\n  Did you mean 'j'? Known: j, m, e, x, y")
  }
}

@Suite struct BalanceWatchTests {
  private func accounts(_ names: [String], _ fixture: DecisionFixture) throws -> [SendingAccount] {
    try names.map { name in
      let account = try #require(fixture.workspace.configuration.account(name))
      return SendingAccount(account, try account.open())
    }
  }

  private func kept(_ fixture: DecisionFixture) throws -> [String] {
    try fixture.workspace.store().lastBalances().map { "\($0.gateway) \($0.amount) \($0.campaign)" }
  }

  @Test func `a run keeps what its accounts had before and after it`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport(bodies: [#"{"status":"0","balance":"900"}"#, #"{"status":"0","balance":"800"}"#])
    var watch = BalanceWatch(
      try accounts(["j", "e"], fixture), try fixture.workspace.store(), transport, fixture.console, campaign: "night",
      monotonic: { transport.clock })
    watch.ask()
    #expect(try kept(fixture) == ["j 900 night"])
    fixture.console.time = fixture.console.time + 1
    watch.ask()
    #expect(try kept(fixture) == ["j 800 night"])
    #expect(transport.requests.map(\.account) == ["j", "j"])
  }

  @Test func `an account is not asked within its interval`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport(bodies: ["20261111100000,0\n12,500", "20261111100020,0\n12,400"])
    var watch = BalanceWatch(
      try accounts(["x"], fixture), try fixture.workspace.store(), transport, fixture.console, campaign: "night",
      monotonic: { transport.clock })
    watch.ask()
    fixture.console.time = fixture.console.time + 5
    transport.clock += 5
    watch.ask()
    #expect(transport.requests.count == 1)
    fixture.console.time = fixture.console.time + 6
    transport.clock += 6
    watch.ask()
    #expect(transport.requests.count == 2)
    #expect(try kept(fixture) == ["x 400 night"])
  }

  @Test func `what goes wrong is a note, and the account is left alone`() throws {
    let fixture = try DecisionFixture()
    let transport = ScriptedTransport([.notSent("connection refused")])
    var watch = BalanceWatch(
      try accounts(["j"], fixture), try fixture.workspace.store(), transport, fixture.console, campaign: "night",
      monotonic: { transport.clock })
    watch.ask()
    watch.ask()
    #expect(transport.requests.count == 1)
    #expect(
      fixture.console.told == [
        "qunfa: note: the balance of gateway 'j' is not recorded: no answer: connection refused"
      ])
  }
}
