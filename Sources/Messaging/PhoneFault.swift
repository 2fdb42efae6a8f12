import Platform

/// Why a written number is no number to send to. Trivial to copy: judging a bad row allocates nothing.
public enum PhoneFault: Sendable, Equatable, Hashable {
  case missing
  case noDigits
  /// Excel's `1.38E+10`.
  case rounded
  /// `13800138000.0`.
  case fraction
  case masked
  case severalNumbers
  case `extension`
  case letters
  case spreadsheetError
  case otherCharacter
  case tooLong
  /// Digits found where eleven make a mainland mobile number.
  case wrongLength(UInt8)
  case landline
  case serviceNumber
  /// Eleven digits that do not start with 13 to 19.
  case noSuchPrefix
  case prefixTwice
  case plusWithout86
  case noSuchCountry
  case noSuchNumber
  case notMobile
}

extension PhoneFault {
  public var reason: RejectReason { self == .missing ? .missingPhone : .invalidPhone }

  /// What is wrong and, where it helps, what to do; for `rejected.csv`.
  public var detail: String {
    switch self {
    case .missing: "no phone number"
    case .noDigits: "no digits"
    case .rounded: "a number that Excel rounded: format the column as text and export again"
    case .fraction: "a decimal fraction: format the column as text and export again"
    case .masked: "a masked number"
    case .severalNumbers: "several numbers in one cell: one row for each"
    case .extension: "a number with an extension"
    case .letters: "letters or words beside the digits"
    case .spreadsheetError: "a spreadsheet's error value"
    case .otherCharacter: "a character that does not belong to a number"
    case .tooLong: "more digits than a number has"
    case .wrongLength(let count):
      "\(count) digits; a mainland mobile number has 11, a foreign number starts with + or 00"
    case .landline: "a mainland landline"
    case .serviceNumber: "a mainland service number"
    case .noSuchPrefix: "not a mainland mobile number, which starts with 13 to 19; a foreign number starts with + or 00"
    case .prefixTwice: "86 stands there twice"
    case .plusWithout86: "+ or 00 without 86 before a mainland number"
    case .noSuchCountry: "no country has this calling code"
    case .noSuchNumber: "not a valid number of its country"
    case .notMobile: "not a mobile number"
    }
  }

  public var finding: Finding { Finding(reason, detail) }
}

extension Digits {
  /// `1[3-9]`: the beginning of a mobile number, however long.
  fileprivate var startsLikeMobile: Bool { count >= 2 && (13...19).contains(value / Digits.power(count - 2)) }
  fileprivate var startsLikeService: Bool { [1, 9].contains(value / Digits.power(count - 1)) }
}

extension PhoneFault {
  /// Why digits without their country are no mainland mobile number.
  static func mainland(_ digits: Digits) -> PhoneFault {
    let count = UInt8(clamping: digits.count)
    if digits.dropping(prefix: 86)?.count == 11 { return .prefixTwice }
    if digits.startsWithZero { return (10...12).contains(count) ? .landline : .wrongLength(count) }
    // The beginning of a mobile number, cut off.
    if count < 11, digits.startsLikeMobile { return .wrongLength(count) }
    switch count {
    // Service numbers such as 110, 10086, 1008611 and 95588 begin with 1 or 9, local numbers with 2 to 8.
    case 3...8 where digits.startsLikeService: return .serviceNumber
    case 7, 8: return .landline
    case 10:
      let first = digits.value / Digits.power(7)
      return first == 400 || first == 800 ? .serviceNumber : .wrongLength(count)
    case 11: return .noSuchPrefix
    case 16...: return .tooLong
    default: return .wrongLength(count)
    }
  }

  /// Why `field`, which holds more than digits and what stands between them, is no number.
  static func explaining(_ field: borrowing Span<UInt8>) -> PhoneFault {
    // A long cell is no number whatever its end says.
    let shown = field.extracting(first: Limits.phoneBytesExplained)
    let cell = Cell(shown.text)
    if cell.isScientific { return .rounded }
    if cell.isSpreadsheetError { return .spreadsheetError }
    if cell.isMasked { return .masked }
    if cell.numbers >= 2 || cell.digits > PhoneScanner.mostDigits { return .severalNumbers }
    if cell.hasExtension { return .extension }
    if cell.hasLetters { return .letters }
    return cell.digits == 0 ? .noDigits : .otherCharacter
  }
}

/// A cell as characters, with digits of all scripts made ASCII, for the question what is wrong with it.
private struct Cell {
  let characters: [Unicode.Scalar]

  init(_ text: String) {
    characters = text.unicodeScalars.filter { !PhoneScanner.isInvisible($0.value) }.map { scalar in
      guard scalar.value > 0x7F, scalar.properties.numericType == .decimal,
        let value = scalar.properties.numericValue
      else { return scalar }
      return Unicode.Scalar(UInt8(ascii: "0") + UInt8(value))
    }
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  var digits: Int { characters.count(where: Cell.isDigit) }
  var hasLetters: Bool { characters.contains(where: \.properties.isAlphabetic) }

  /// Runs of seven digits or more, blanks and dashes within them, with something else between.
  var numbers: Int {
    let within: Set<Unicode.Scalar> = [" ", "-", ".", "(", ")"]
    let parts = characters.split { !Cell.isDigit($0) && !within.contains($0) }
    return parts.count { $0.count(where: Cell.isDigit) >= 7 }
  }

  /// `1.38E+10`: one E among digits, with a dot before and a sign behind, or without.
  var isScientific: Bool {
    let parts = characters.filter { $0 != " " }.split(omittingEmptySubsequences: false) { $0 == "E" || $0 == "e" }
    guard parts.count == 2, let first = parts[0].first, Cell.isDigit(first) else { return false }
    let exponent = parts[1].drop { $0 == "+" || $0 == "-" }
    return parts[0].allSatisfy { Cell.isDigit($0) || $0 == "." || $0 == "," }
      && (1...2).contains(exponent.count) && exponent.allSatisfy(Cell.isDigit)
  }

  /// `#N/A`, `#REF!`.
  var isSpreadsheetError: Bool {
    characters.first == "#" && digits == 0 && hasLetters
  }

  /// `138****8000`, `138xxxx8000`: signs that stand for digits, with digits before them.
  var isMasked: Bool {
    let masks: Set<Unicode.Scalar> = ["*", "＊", "x", "X", "•", "●", "×", "?"]
    let start = characters.firstIndex(where: Cell.isDigit) ?? characters.endIndex
    let rest = characters[start...]
    return zip(rest, rest.dropFirst()).contains { masks.contains($0) && $0 == $1 }
  }

  /// Seven digits or more, then a word or sign for an extension, then digits to the end.
  var hasExtension: Bool {
    guard let last = characters.last, Cell.isDigit(last) else { return false }
    let before = characters.reversed().drop(while: Cell.isDigit)
    let sign = before.first ?? " "
    let signs: Set<Unicode.Scalar> = ["x", "X", "#", "转", "轉", "机", "機", ",", ";", "=", "p", "w", "t", ".", " ", ":"]
    guard signs.contains(sign), before.count(where: Cell.isDigit) >= 7 else { return false }
    let words = before.reversed().drop { Cell.isDigit($0) || "+-(). ".unicodeScalars.contains($0) }
    let allowed: Set<Unicode.Scalar> = ["e", "x", "t", "n", "E", "X", "T", "N", "分", "机", "機", "转", "轉", "p", "w"]
    return words.allSatisfy { allowed.contains($0) || signs.contains($0) }
  }
}
