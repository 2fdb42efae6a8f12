/// A country or territory by its two letters (ISO 3166-1), in two bytes. Hong Kong, Macao and Taiwan are regions of
/// their own, as in numbering plans and price lists.
public struct Region: Sendable, Hashable {
  /// The letters, the first one in the high byte; 1 for numbers that belong to no country.
  public let code: UInt16

  /// Nil unless `text` is two capital ASCII letters, or `001` (satellite and other numbers of no country).
  public init?(_ text: String) {
    let letters = Array(text.utf8)
    if letters == Array("001".utf8) {
      self = .world
      return
    }
    let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
    guard letters.count == 2, letters.allSatisfy(capitals.contains) else { return nil }
    self.init(code: UInt16(letters[0]) << 8 | UInt16(letters[1]))
  }

  /// The region of a `code`.
  public init(code: UInt16) { self.code = code }

  /// The Chinese mainland.
  public static let mainland = Region(code: 0x434E)
  /// Numbers of no country, `001`: satellite networks and the like.
  public static let world = Region(code: 1)
}

extension Region: CustomStringConvertible {
  public var description: String {
    guard self != .world else { return "001" }
    return String(decoding: [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)], as: UTF8.self)
  }
}
