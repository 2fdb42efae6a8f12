import Platform
import Testing

@testable import Gateways

@Suite struct LooseTimeTests {
  @Test(arguments: [
    ("2018-07-20 16:48:21", "2018-07-20 16:48:21"), ("2018/7/5 6:48", "2018-07-05 06:48:00"),
    ("20180720164821", "2018-07-20 16:48:21"), ("1807201648", "2018-07-20 16:48:00"),
    ("180720164821", "2018-07-20 16:48:21"), ("202611111314", "2026-11-11 13:14:00"),
    ("2024-02-29 00:00:00.000", "2024-02-29 00:00:00"),
  ])
  func `times are read in every form that gateways write`(text: String, time: String) {
    #expect(LooseTime.read(text)?.spaced == time)
  }

  @Test(arguments: ["", "0", "1813201648", "1802301648", "1807202448", "not a time", "2023-02-29 00:00:00", "12345678"])
  func `what is no time is nil`(text: String) {
    #expect(LooseTime.read(text) == nil)
  }
}

@Suite struct `Times in records` {
  static let times: [(String, String?)] = [
    ("2017-04-12 01:38:21", "2017-04-12 01:38:21"), ("2017/4/2 1:38", "2017-04-02 01:38:00"),
    ("20170412013821", "2017-04-12 01:38:21"), ("2018-03-15 12:00:00.0", "2018-03-15 12:00:00"),
    ("2018-03-15T12:00:00", "2018-03-15 12:00:00"), ("2018-02-30 12:00:00", nil), ("2018-03-15 24:00:00", nil),
    ("", nil), ("soon", nil), ("12-04-2017 01:38:21", nil), ("2017-04-12", nil),
    ("2017-99999999999999999999-12 01:38", nil), ("2017-04-12 01:38:99999999999999999999", nil),
    ("2018-03-15T12:00:00.123+08:00", "2018-03-15 12:00:00"), ("20170412013821.0", "2017-04-12 01:38:21"),
    ("1970-01-01 08:00:00", nil), ("9999-12-31 00:00:00", nil),
  ]

  @Test(arguments: times)
  func `are read leniently or not at all`(_ text: String, _ spaced: String?) {
    #expect(LooseTime.read(text)?.spaced == spaced)
  }
}
