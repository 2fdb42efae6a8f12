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
  /// Parts of a dotted TOML key, `a.b.c`.
  public static let tomlKeyParts = 64
  /// Faults of one configuration file that are told at once.
  public static let configurationFaults = 100
  /// Gateways, or other named tables of one kind.
  public static let configurationTables = 1000

  // MARK: HTTP
  /// Bytes of an answer that are kept and read; a longer answer cannot be read.
  public static let answerBytes = 16 * 1024 * 1024
  /// Bytes of a request's body that the server reads.
  public static let requestBytes = 64 * 1024 * 1024
  /// Bytes of a request's or an answer's headers.
  public static let headerBytes = 64 * 1024
  /// Pairs of a query or a form.
  public static let formPairs = 64 * 1024
  /// Connections that the server holds at once.
  public static let serverConnections = 512
  /// Handlers that run at once; each may wait for a disk.
  public static let serverHandlers = 8
  /// Seconds without a byte before the server closes a connection.
  public static let serverIdleSeconds = 60
  /// Seconds that a stopping server waits for what is under way.
  public static let serverDrainSeconds = 5.0
  /// Requests that the client takes at once, waiting ones included.
  public static let clientRequests = 1024
  /// Idle connections that the client keeps.
  public static let clientIdleConnections = 64

  // MARK: JSON
  public static let jsonDepth = 64

  // MARK: Sandbox
  /// Fields of a request that the sandbox looks at.
  public static let sandboxFields = 64
  /// Reports and replies that an account of the sandbox holds; further messages get none. Also linkids, timed messages.
  public static let sandboxReports = 20_000_000
  /// Pushes of the sandbox that are under way at once.
  public static let sandboxPushes = 32
}
