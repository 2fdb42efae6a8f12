import Platform
import TestSupport
import Testing

@testable import Tables

/// A gzip member with stored blocks (RFC 1951, 3.2.4; RFC 1952).
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var start = 0
  repeat {
    let part = bytes[start..<min(bytes.count, start + 65_535)]
    start += part.count
    let length = UInt16(part.count)
    packed.append(start == bytes.count ? 1 : 0)
    for number in [length, ~length] { packed += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] }
    packed += part
  } while start < bytes.count
  var crc = UInt32.max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  for number in [~crc, UInt32(bytes.count)] {
    for shift in [0, 8, 16, 24] { packed.append(UInt8(number >> shift & 255)) }
  }
  return packed
}

@Suite struct RawInputTests {
  private let text = Array("a,b\n1,2\n3,4\n".utf8)
  private let rows = [ReadRecord(2, ["1", "2"]), ReadRecord(3, ["3", "4"])]

  @Test func `gzip is unpacked, also when it has several members`() throws {
    #expect(try ReadTable(gzip(text), name: "t.csv.gz").records == rows)
    let parts = gzip(Array(text.prefix(6))) + gzip([]) + gzip(Array(text.dropFirst(6)))
    #expect(try ReadTable(parts, name: "t.csv.gz").records == rows)
    // A packed table whose name does not say so is read as well.
    #expect(try ReadTable(gzip(text), name: "t.csv").records == rows)
  }

  @Test func `gzip larger than the window comes out whole`() throws {
    let long = Array("a,b\n".utf8) + (0..<200_000).flatMap { Array("\($0),x\n".utf8) }
    let table = try ReadTable(gzip(long), name: "t.csv.gz")
    #expect(table.records.count == 200_000)
    #expect(table.records.last?.fields == ["199999", "x"])
  }

  @Test(arguments: [
    ("cut", TableError.Code.gzipTruncated, "the gzip data ends too early; expected a whole gzip file"),
    ("cut in the checksum", .gzipTruncated, "the gzip data ends too early; expected a whole gzip file"),
    ("garbage behind", .gzipTrailing, "bytes behind the end of the gzip data; expected nothing more"),
    ("damaged", .gzipDamaged, "the gzip data is damaged; expected a gzip file that unpacks"),
    ("no gzip", .notGzip, "no gzip data; expected a gzip file"),
    ("empty", .notGzip, "an empty file; expected a gzip file"),
  ])
  func `broken gzip is an error, never a shorter table`(how: String, code: TableError.Code, words: String) throws {
    var packed = gzip(text)
    switch how {
    case "cut": packed.removeLast(14)
    case "cut in the checksum": packed.removeLast(3)
    case "garbage behind": packed += Array("garbage".utf8)
    case "damaged": packed[20] ^= 1
    case "no gzip": packed = text
    default: packed = []
    }
    let error = try #require(try failure(packed, name: "t.csv.gz"))
    #expect(error.code == code)
    #expect(error.words.hasPrefix("t.csv.gz: error: \(words)\n  "))
  }

  @Test func `XML that is secretly gzip is refused`() throws {
    let packed = gzip(Array("<l><c/></l>".utf8))
    let error = try #require(try failure(packed, name: "t.xml", TableOptions(record: "c")))
    #expect(error.code == .unexpectedGzip)
    #expect(try ReadTable(packed, name: "t.xml.gz", TableOptions(record: "c")).records.count == 1)
  }
}
