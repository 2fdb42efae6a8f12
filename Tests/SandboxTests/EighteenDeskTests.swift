import Testing

@testable import Sandbox

@Suite struct EighteenDeskTests {
  @Test func `a submit answers two lines`() throws {
    var bench = try Bench()
    let lines = bench.eighteen(["mobile": "15924188183,15924188184"]).text.split(separator: "\n")
    #expect(lines.first == "20261111090000,0")
    #expect(lines.last?.wholeMatch(of: /[0-9]{19}/) != nil)
    #expect(bench.floor[.eighteen].counts.accepted == 2)
  }

  @Test func `without needstatus there is no msgid`() throws {
    var bench = try Bench()
    #expect(bench.eighteen(["needstatus": "false"], method: "GET").text == "20261111090000,0\n")
  }

  @Test(
    arguments: [
      (["account": nil], "101"), (["account": "x"], "101"), (["pswd": "x"], "102"), (["msg": nil], "106"),
      (["msg": .some(String(repeating: "字", count: 537))], "106"), (["mobile": ""], "108"),
      (["mobile": "138001380"], "107"), (["mobile": "13800138000,1380013800x"], "107"), (["product": "x"], "112"),
      (["extno": "a"], "113"), (["mobile": "13899990001"], "107"),
    ] as [([String: String?], String)])
  func `a wrong call is refused with the document's code`(changes: [String: String?], code: String) throws {
    var bench = try Bench()
    #expect(bench.eighteen(changes).text == "20261111090000,\(code)\n")
    #expect(bench.floor[.eighteen].counts.accepted == 0)
  }

  @Test func `limits of the faults file are kept`() throws {
    var bench = try Bench(
      """
      [accounts.18sms]
      balance = 5
      extno = "99"
      [gateway.18sms]
      min_numbers = 2
      max_numbers = 3
      signature = "【商城】"
      """)
    func code(_ mobile: String, _ msg: String, _ extno: String = "99") -> String {
      let text = bench.eighteen(["mobile": mobile, "msg": msg, "extno": extno]).text
      return text.split(separator: "\n")[0].split(separator: ",")[1].description
    }
    #expect(code("13800138000", "【商城】好") == "108")
    #expect(code("13800138000,13800138001,13800138002,13800138003", "【商城】好") == "108")
    #expect(code("13800138000,13800138001", "好") == "116")
    #expect(code("13800138000,13800138001", "【商城】好", "98") == "113")
    #expect(code("13800138000,13800138001,13800138002", "【商城】好") == "0")
    #expect(code("13800138000,13800138001,13800138002", "【商城】好") == "109")
  }

  @Test func `the balance is told every 10 seconds`() throws {
    var bench = try Bench()
    #expect(bench.eighteenBalance().text == "20261111090000,0\n1234567,100000000\n")
    #expect(bench.eighteenBalance().text == "20261111090000,103\n")
    bench.wait(10)
    #expect(bench.eighteenBalance().text == "20261111090010,0\n1234567,100000000\n")
    #expect(bench.eighteenBalance(["pswd": ""]).text == "20261111090010,102\n")
  }

  @Test func `too fast is 103`() throws {
    var bench = try Bench("[gateway.18sms]\nrate = 1")
    #expect(bench.eighteen().text.contains(",0\n"))
    #expect(bench.eighteen().text == "20261111090000,103\n")
  }
}
