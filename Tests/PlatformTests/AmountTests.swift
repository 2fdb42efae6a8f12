import Platform
import Testing

@Suite struct AmountTests {
  @Test(arguments: [(0, "0 messages"), (1, "1 message"), (2, "2 messages"), (21, "21 messages")])
  func `only one is singular`(number: Int, text: String) {
    #expect(amount(number, "message") == text)
  }

  @Test func `a verb goes with its number`() {
    #expect(amount(1, "line holds", "lines hold") == "1 line holds")
    #expect(amount(2, "line holds", "lines hold") == "2 lines hold")
  }
}
