import JSON
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a":1}"#, "[1,2,[]]", #"{"id":20180392833833892100,"x":-1.50e3}"#, #""\n\"""#, "null",
  ])
  func `a text that is read and written again is the same`(text: String) throws {
    #expect(try JSON(parsing: text).serialized == text)
  }

  @Test func `a comma before a closing bracket is read over`() throws {
    #expect(try JSON(parsing: #"{"Sign":"x",}"#)["Sign"]?.text == "x")
  }

  @Test(arguments: ["", "{", "[1", "{}x", "{}\0{}", "<html>", "{\"a\":\"\u{FFFF}", String(repeating: "[", count: 200)])
  func `what is not JSON is an error`(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  @Test func `invalid UTF-8 is an error`() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test func `keys are found whatever their case`() throws {
    #expect(try JSON(parsing: #"{"code":"2"}"#)[anyCase: "Code"]?.text == "2")
  }
}
