import Testing

@testable import Gateways

@Suite struct AnswerTextTests {
  @Test(arguments: [("a", "a"), (" a b\t", "a b"), (" \n", ""), ("", "")])
  func `texts lose the blanks around them`(_ text: String, _ kept: String) {
    #expect(text.trimmingBlanks == kept)
  }
}
