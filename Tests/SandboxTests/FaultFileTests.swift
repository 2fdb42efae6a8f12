import Testing

@testable import Sandbox

@Suite struct FaultFileTests {
  private func plan(_ toml: String) throws(SandboxError) -> FaultPlan {
    try FaultPlan(toml: Array(toml.utf8), file: "faults.toml")
  }

  @Test func `an empty file changes nothing`() throws {
    #expect(try plan("") == FaultPlan())
  }

  @Test func `everything can be set`() throws {
    let plan = try plan(
      """
      seed = 7
      magic = false
      [accounts.emay]
      app_id = "A"
      secret_key = "K"
      [[accounts.juhe]]
      account = "1"
      [[accounts.juhe]]
      account = "2"
      [gateway.all]
      latency_ms = 5
      [gateway.18sms]
      rate = 100
      burst = 10
      calls_per_second = 2.5
      latency_ms = [20, 80]
      refuse_numbers = ["138*", "*0000", "13900139000"]
      min_numbers = 2
      max_numbers = 10
      max_units = 70
      signature = "【商城】"
      price = 2
      balance_interval = 1
      clock_tolerance = 60
      outage = { after_calls = 100, calls = 20, kind = "busy" }
      [[gateway.18sms.fault]]
      kind = "slow"
      probability = 0.01
      seconds = 2
      [[gateway.18sms.fault]]
      kind = "status_500_after"
      status = 502
      from = 3
      to = 5
      on = "balance"
      [gateway.18sms.reports]
      delay = [0, 1]
      failed = 0.5
      push = "http://127.0.0.1:8800/push/18sms/x"
      """)
    #expect(plan.seed == 7)
    #expect(!plan.magic)
    #expect(plan.accounts[.emay]?.first?.login == "A")
    #expect(plan.accounts[.juhe]?.map(\.login) == ["1", "2"])
    #expect(plan.desks[.juhe]?.latency == 0.005...0.005)
    let desk = try #require(plan.desks[.eighteen])
    #expect(desk.latency == 0.02...0.08)
    #expect(desk.rate == 100)
    #expect(desk.refusedNumbers.count == 3)
    #expect(
      desk.faults == [
        Fault(.slow, .probability(0.01), seconds: 2), Fault(.statusAfter, .range(3...5), on: .balance, status: 502),
        Fault(.busy, .range(101...120), status: 503),
      ])
    #expect(desk.reports.delay == 0...1)
    #expect(desk.reports.push != nil)
  }

  @Test(arguments: [
    ("sead = 1", "faults.toml:1:1: error: unknown key 'sead'; did you mean 'seed'?"),
    ("[gateway.jueh]", "faults.toml:1:10: error: unknown key 'jueh' in [gateway]; did you mean 'juhe'?"),
    ("[gateway.juhe]\nrate = -1", "faults.toml:2:8: error: found integer -1"),
    ("[gateway.juhe]\nrefuse_numbers = [\"1x\"]", "faults.toml:2:19: error: not a number's form"),
    ("[gateway.juhe]\nlatency_ms = [80, 20]", "faults.toml:2:14: error: found a list"),
    ("[[gateway.juhe.fault]]\nkind = \"close\"\nevery = 1", "faults.toml:2:8: error: found 'close'"),
    ("[[gateway.juhe.fault]]\nkind = \"slow\"", "faults.toml:1:1: error: a fault with 0 of every"),
    ("[[gateway.juhe.fault]]\nkind = \"slow\"\nevery = 1\ncalls = [1]", "faults.toml:1:1: error: a fault with 2 of"),
    ("[[gateway.juhe.fault]]\nkind = \"answer\"\nevery = 1", "faults.toml:1:1: error: missing key 'code'"),
    ("[[gateway.juhe.fault]]\nkind = \"slow\"\nfrom = 3\nto = 2", "error: 'to' is before 'from'"),
    ("[gateway.juhe.reports]\nfailed = 0.9\nlost = 0.2", "error: failed, expired and lost are more than 1"),
    ("[gateway.juhe]\noutage = { calls = 1 }", "error: missing key 'after_calls'"),
    ("seed = ", "faults.toml:1:"),
  ])
  func `a fault of the file is told with its place`(toml: String, message: String) throws {
    let error = #expect(throws: SandboxError.self) { try plan(toml) }
    #expect(error?.code == .faults)
    #expect(error?.diagnostic.description.contains(message) == true, "\(error?.diagnostic.description ?? "")")
  }

  @Test func `a file that is not there is told`() {
    let error = #expect(throws: SandboxError.self) { try FaultPlan(path: "/nonexistent/faults.toml") }
    #expect(error?.diagnostic.description.contains("cannot open") == true)
  }
}
