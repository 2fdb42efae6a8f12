/// Every bound of the program in one place. A loop, queue, field or file without a bound here has none.
public enum Limits {
  // MARK: Input tables
  /// Bytes of one field, after decoding to UTF-8.
  public static let fieldBytes = 64 * 1024
  /// Bytes of one record, after decoding to UTF-8.
  public static let recordBytes = 1024 * 1024
  /// Columns of a table.
  public static let columns = 4096
  /// Bytes read from a file at a time.
  public static let readBytes = 256 * 1024

  /// Bytes that must lie before the guess at a file's encoding, counted from its first byte that is not ASCII.
  public static let encodingSampleBytes = 64 * 1024
  /// Records that the guess at a file's delimiter looks at.
  public static let delimiterSampleRecords = 32
  /// Bytes gathered before they are written to an output table.
  public static let writeBytes = 256 * 1024

  // MARK: XML
  /// Elements open at once; libxml2's own bound for a tree.
  public static let xmlDepth = 256
  /// Attributes of one element, namespace declarations included; the search for doubled ones is quadratic.
  public static let xmlAttributes = 4096
  /// Bytes of an element's or attribute's name.
  public static let xmlNameBytes = 256
  /// Bytes of one tag, comment or processing instruction.
  public static let xmlTagBytes = 1024 * 1024
  /// Bytes given to the XML parser at a time.
  public static let xmlChunkBytes = 16 * 1024
  /// Elements of a small document that is kept whole.
  public static let xmlTreeElements = 1_000_000
  /// Element names that a message lists.
  public static let xmlNamesShown = 12

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
}
