import Configuration
import Testing

@Suite struct DailyWindowTests {
  @Test(arguments: [
    ("09:00-20:30", 540, 1230), ("00:00-24:00", 0, 1440), ("22:00-06:00", 1320, 360), ("09:05-09:06", 545, 546),
  ])
  func `a window is read`(text: String, from: Int, until: Int) {
    let window = DailyWindow(text)
    #expect(window?.from == from && window?.until == until && window?.description == text)
  }

  @Test(arguments: [
    "", "09:00", "9:00-20:30", "09:00-20:60", "24:00-09:00", "09:00-09:00", "09:00-24:01", "09:00–20:30", "ab:cd-ef:gh",
    "09:00-00:00", "09:00-20:30-21:00",
  ])
  func `anything else is none`(text: String) { #expect(DailyWindow(text) == nil) }

  @Test(arguments: [
    ("09:00-20:30", 539, false), ("09:00-20:30", 540, true), ("09:00-20:30", 1229, true), ("09:00-20:30", 1230, false),
    ("22:00-06:00", 1320, true), ("22:00-06:00", 0, true), ("22:00-06:00", 360, false), ("00:00-24:00", 1439, true),
  ])
  func `the start belongs to it, the end does not`(text: String, minute: Int, inside: Bool) {
    #expect(DailyWindow(text)?.contains(minuteOfDay: minute) == inside)
  }
}
