/// Every bound of the program in one place. A loop, queue, field or file without a bound here has none.
public enum Limits {
  // MARK: Input tables
  /// Bytes of one field, after decoding to UTF-8.
  public static let fieldBytes = 64 * 1024
  /// Bytes of one record, after decoding to UTF-8.
  public static let recordBytes = 1024 * 1024
  /// Columns of a table.
  public static let columns = 1024
  /// Bytes read from a file at a time.
  public static let readBytes = 256 * 1024

  // MARK: XML
  /// Elements open at once.
  public static let xmlDepth = 64
  /// Attributes of one element.
  public static let xmlAttributes = 256
  /// Bytes of an element's or attribute's name.
  public static let xmlNameBytes = 256

  // MARK: Templates
  /// Bytes of a template or partial file.
  public static let templateBytes = 256 * 1024
  /// Partials, parents and sections within each other.
  public static let templateDepth = 64
  /// Bytes of one merged text.
  public static let mergedBytes = 256 * 1024

  // MARK: Configuration
  public static let configurationBytes = 1024 * 1024

  // MARK: HTTP
  /// Bytes of an answer that are kept and read; a longer answer cannot be read.
  public static let answerBytes = 16 * 1024 * 1024
  /// Bytes of a request's body that the server reads.
  public static let requestBytes = 64 * 1024 * 1024

  // MARK: JSON
  public static let jsonDepth = 64

  // MARK: Messaging
  /// Bytes of a bad phone cell that are looked at for the reason.
  public static let phoneBytesExplained = 256
  /// Lengths that the segment lint tells apart; longer values count as the longest.
  public static let lintLengths = 256
  /// Different characters that the segment lint counts.
  public static let lintCharacters = 1024
  /// A text in which more than one of so many characters is outside GSM 7-bit is of another script.
  public static let lintOutsideShare = 4
  /// Characters that the segment lint names.
  public static let lintCharactersShown = 5
}
