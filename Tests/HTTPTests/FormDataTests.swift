import HTTP
import Testing

@Suite struct `Form data` {
  @Test(arguments: [
    ("a=1&b=2", ["a=1", "b=2"]),
    ("", []),
    ("&&a=1&", ["a=1"]),
    ("a", ["a="]),
    ("=x", ["=x"]),
    ("a=b=c", ["a=b=c"]),
    ("a=x+y%2Bz%20", ["a=x y+z "]),
    ("%e7%9F%AD=%E4%BF%A1", ["短=信"]),
    ("a=1&a=2", ["a=1", "a=2"]),
    ("a=%&b=%4&c=%zz&d=100%25", ["a=%", "b=%4", "c=%zz", "d=100%"]),
  ])
  func `is split and decoded`(body: String, expected: [String]) {
    let pairs = FormData.parse(Array(body.utf8))
    #expect(pairs.map { "\($0.name)=" + String(decoding: $0.value, as: UTF8.self) } == expected)
  }

  @Test func `keeps the bytes of other encodings`() {
    let pairs = FormData.parse(Array("c=%B6%CC%D0%C5".utf8) + [0xB6, 0xCC])
    #expect(pairs.first?.value == [0xB6, 0xCC, 0xD0, 0xC5, 0xB6, 0xCC])
  }

  @Test func `stops at the bound of pairs`() {
    let body = Array(String(repeating: "a=1&", count: 70_000).utf8)
    #expect(FormData.parse(body).count == 65_536)
  }
}
