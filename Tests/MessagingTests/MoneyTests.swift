import Messaging
import Platform
import Testing

@Suite struct MoneyTests {
  @Test(arguments: [
    ("0.035", "0.035"), ("12", "12.00"), ("0.1", "0.10"), ("-3.50", "-3.50"), ("0.000000000001", "0.000000000001"),
    ("20000.00", "20000.00"), ("007.5", "7.50"), ("999999999999999.999999999999", "999999999999999.999999999999"),
    ("0.0350", "0.035"), ("-0", "0.00"),
  ])
  func `an amount is read and printed with two decimals or more`(text: String, printed: String) throws {
    let money = try Money(parsing: text)
    #expect(money.description == printed)
    var buffer = ByteBuffer()
    money.append(to: &buffer)
    #expect(buffer.span.text == printed)
  }

  @Test(arguments: [
    ("", MoneyError.notAnAmount("")), (".5", .notAnAmount(".5")), ("5.", .notAnAmount("5.")),
    ("1.2.3", .notAnAmount("1.2.3")),
    ("+1", .notAnAmount("+1")), ("1e3", .notAnAmount("1e3")), ("1,000", .notAnAmount("1,000")),
    ("１", .notAnAmount("１")),
    (" 1", .notAnAmount(" 1")), ("--1", .notAnAmount("--1")), ("0.0000000000001", .tooManyDecimals("0.0000000000001")),
    ("1000000000000000", .tooManyDigits("1000000000000000")),
  ])
  func `what is no amount says why`(text: String, error: MoneyError) {
    #expect(throws: error) { try Money(parsing: text) }
  }

  @Test func `sums and products are exact`() throws {
    let price = try Money(parsing: "0.035")
    #expect(try (price * 3).description == "0.105")
    #expect(try (price * 2).description == "0.07")
    #expect(try (price + Money(parsing: "0.065")) == Money(parsing: "0.10"))
    #expect(try (price - Money(parsing: "1")).description == "-0.965")
    #expect(try price < Money(parsing: "0.0351"))
    #expect(try (Money.zero - price).isNegative)
    var total = Money.zero
    for _ in 0..<1000 { total = try total + price }
    #expect(total.description == "35.00")
  }

  @Test func `what does not fit is an error`() throws {
    let large = try Money(parsing: "999999999999999")
    #expect(throws: MoneyError.overflow) { try large * Int.max }
    let most = try large * 100_000_000_000
    #expect(throws: MoneyError.overflow) { try most + most }
    #expect(throws: MoneyError.overflow) { try Money.zero - most - most }
  }

  @Test func `balances in li are thousandths of a yuan`() throws {
    #expect(try Money(parsingLi: "12345").description == "12.345")
    #expect(try Money(parsingLi: "-7").description == "-0.007")
  }

  @Test func `an error for people names what was found and expected`() {
    #expect(
      MoneyError.notAnAmount("x").diagnostic.description
        == #"qunfa: error: "x" is not an amount; expected an amount in yuan such as "0.035", with at most 12 decimals"#)
  }
}
