import Configuration
import Testing

@Suite struct AddressRangeTests {
  @Test(arguments: [
    ("203.0.113.7", "203.0.113.7", true), ("203.0.113.7", "203.0.113.8", false),
    ("203.0.113.0/24", "203.0.113.255", true), ("203.0.113.0/24", "203.0.114.0", false),
    ("10.0.0.0/9", "10.127.0.1", true), ("10.0.0.0/9", "10.128.0.1", false), ("0.0.0.0/0", "1.2.3.4", true),
    ("2001:db8::/32", "2001:db8:1::1", true), ("2001:db8::/32", "2001:db9::1", false),
    ("203.0.113.7", "::ffff:203.0.113.7", true), ("0.0.0.0/0", "::1", false), ("10.0.0.0/8", "nonsense", false),
  ])
  func `addresses lie in ranges`(range: String, address: String, inside: Bool) {
    #expect(AddressRange(range)?.contains(address) == inside)
  }

  @Test(arguments: ["", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "::1/129", "host", "1.2.3.4/8/8"])
  func `anything else is no range`(text: String) { #expect(AddressRange(text) == nil) }
}
