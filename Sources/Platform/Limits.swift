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
  /// Template and partial files of one template.
  public static let templateFiles = 256
  /// Pieces (texts, variables, sections, partials) gone through while one template is bound or rendered, so that
  /// partials that include each other many times over end.
  public static let templateSteps = 1_000_000
  /// Bytes of fixed text in a template bound to a table, all partials put in.
  public static let boundTextBytes = 4 * 1024 * 1024

  // MARK: Configuration
  public static let configurationBytes = 1024 * 1024
  /// Parts of a dotted TOML key, `a.b.c`.
  public static let tomlKeyParts = 64
  /// Faults of one configuration file that are told at once.
  public static let configurationFaults = 100
  /// Gateways, other named tables of one kind, prices of a gateway.
  public static let configurationTables = 1000
  /// Gateways of one campaign: a planned message keeps its gateway's index in a byte.
  public static let campaignGateways = 255
  /// Bytes of a campaign's id or a gateway's name: both become parts of paths.
  public static let nameBytes = 100
  /// Bytes of a secret's file.
  public static let secretBytes = 4096

  // MARK: HTTP
  /// Bytes of an answer that are kept and read; a longer answer cannot be read.
  public static let answerBytes = 16 * 1024 * 1024
  /// Bytes of a request's body that the server reads.
  public static let requestBytes = 64 * 1024 * 1024
  /// Bytes of a request's body that are read whoever sends it; a longer one is screened by line and headers first.
  public static let unscreenedBytes = 64 * 1024
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
  /// How long the HTTP client sleeps at most: a wake-up that the system loses costs so much, not the run.
  public static let clientPollMilliseconds: Int32 = 1000
  /// Idle connections that the client keeps.
  public static let clientIdleConnections = 64

  // MARK: Gateways
  /// Fields of one form or query that a gateway pushes.
  public static let formFields = 256
  /// Bytes of an address that carries a text.
  public static let addressBytes = 2000
  /// Digits of a balance: as many as sums of money are reckoned with.
  public static let amountDigits = 18
  /// Ids of one message that are kept; a long text has one for each of its parts.
  public static let messageIDs = 255

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

extension Limits {
  // MARK: Planning
  /// Messages that are grouped, placed and handed on together.
  public static let blockMessages = 8192
  /// Blocks between the judging and the writing thread.
  public static let blocksInFlight = 3
  /// Open calls of one kind among which a repeated number looks for a place.
  public static let openCalls = 8
}

extension Limits {
  // MARK: Sending
  /// Calls that start in one turn of the sender at most.
  public static let departuresPerTurn = 32
  /// Room reserved on the disk for the answers of calls in flight; longer ones need room of their own.
  public static let answerBytesPerCall = 4096
  public static let answerBytesPerMessage = 160
  /// An account stops after so many requests in a row that could not be sent.
  public static let notSentInARow = 5
  /// An account stops after so many calls in a row whose fate is unknown.
  public static let unknownInARow = 5
  /// Seconds between this machine's clock and a gateway's that are worth a warning, and that stop the account.
  public static let clockWarnSeconds = 300.0
  public static let clockStopSeconds = 900.0
  // MARK: Juhe
  /// Bytes between number and text in a point-to-point call.
  public static let separatorBytes = 8

  // MARK: Reports
  /// Records of one page of reports or replies; what stands behind them is noted as lost.
  public static let pageRecords = 100_000
  /// Records and pages that one transaction of the intake writes, and the bytes of spool that it reads for them.
  public static let intakeRecords = 20_000
  public static let intakeBytes = 32 * 1024 * 1024
  /// Kilobytes of the report store that are kept in memory while it is written: the index of digests is random.
  public static let intakeCacheKilobytes = 65_536
  /// Seconds that an intake waits for another one.
  public static let intakeWaitSeconds = 30.0
  /// Replies that are given to their campaigns together.
  public static let repliesAtOnce = 20_000
  /// Seconds that a long reply waits for its parts, and that lie between two parts of it at most.
  public static let replyPartsWaitSeconds = 600.0
  public static let replyPartsApartSeconds = 1800.0
  /// Bytes of a reply that may be an opt-out word.
  public static let optOutTextBytes = 1024
  /// Seconds by which a gateway's clock may be behind when a reply is compared with the message before it; some tell
  /// minutes only.
  public static let replySlackSeconds = 90.0
  /// Days between a message and a reply to it at most.
  public static let replyDays = 90
}

extension Limits {
  // MARK: Result files
  /// Settled calls whose answers are kept at hand while the result files are written.
  public static let cachedCalls = 256
}

extension Limits {
  /// Bytes of a manifest.
  public static let manifestBytes = 16 * 1024 * 1024
  // MARK: Sandbox
  /// Fields of a request that the sandbox looks at.
  public static let sandboxFields = 64
  /// Reports and replies that an account of the sandbox holds; further messages get none. Also linkids, timed messages.
  public static let sandboxReports = 20_000_000
  /// Pushes of the sandbox that are under way at once.
  public static let sandboxPushes = 32
}

extension Limits {
  // MARK: Commands
  /// Operands of `optout`: its verb, then numbers or files.
  public static let optOutOperands = 10_001
  /// Bytes of numbers on standard input.
  public static let optOutInputBytes = 64 * 1024 * 1024
  /// Bytes of the JSON file that `render` reads.
  public static let renderDataBytes = 64 * 1024 * 1024
  /// How often a command that waits for a signal looks for one.
  public static let signalPollMicroseconds: UInt32 = 100_000
}

extension Limits {
  // MARK: The books
  /// How long a command waits for another one that writes the books.
  public static let booksWaitSeconds = 60.0
  /// Digests of pages by which a puller knows that a gateway repeats itself.
  public static let pagesRemembered = 100_000
}

extension Limits {
  // MARK: Decisions
  /// Calls that one transaction of a decision changes.
  public static let callsPerDecision = 256
  /// How often a gateway is asked for its balance when it says that it was asked too fast.
  public static let balanceAttempts = 3
  /// Seconds that a run waits for its accounts' balances, before and after it sends.
  public static let balanceWatchSeconds = 10.0
}

extension Limits {
  // MARK: Bills
  /// Lines of one gateway's bill, which are held in memory.
  public static let billLines = 50_000_000
  /// Faults of a bill that are told one by one; all are counted.
  public static let billFaults = 20
  /// Rows of an imported report file that are told one by one; all are counted.
  public static let importFaults = 5
  /// Bytes of an id in a bill.
  public static let billIDBytes = 256
  /// Segments of one line, or of one total.
  public static let billSegments = 2_000_000_000
  /// Free lines of one number that are looked at for one message.
  public static let billCandidates = 256
  // MARK: Report page
  /// Different codes that the page counts, over all gateways; further ones are counted together.
  public static let pageCodes = 2000
  /// Codes of one gateway that the page shows.
  public static let pageCodesShown = 15
  /// Messages of more segments are counted as of so many.
  public static let pageSegments = 1000
  /// Different minutes of submission that are counted; beyond, hours are.
  public static let pageMinutes = 20_000
  /// Characters of a name or meaning that the page shows.
  public static let pageCharacters = 200
  // MARK: Books
  /// Messages that are read, joined and written together.
  public static let bookBlockMessages = 8192
  /// Blocks that are read ahead while the reports are loaded: about half a megabyte each.
  public static let bookBlocksAhead = 128
  /// Reports for which room is made before they are loaded.
  public static let reportsReserved = 4_000_000
  /// Earlier reports of the same message that a report is compared with.
  public static let reportsCompared = 64
  /// Combinations of segments and price whose cells are looked through.
  public static let sharedMoneyCells = 16
  /// Messages whose reports are looked up together.
  public static let messagesLookedAhead = 512
  /// Rows of reconciliation.csv that are handed to the writing thread together, and how many such batches may wait.
  public static let rowsInBatch = 4096
  public static let rowBatchesAhead = 16
  /// Seconds whose dates are kept as cells; a power of two.
  public static let timeCells = 4096
  /// Campaigns that one command line names.
  public static let campaignsNamed = 1000
  /// Calls of a plan that are found by their place in a list.
  public static let plannedCalls = 100_000_000
  // MARK: Spool
  /// Bytes of a frame's head line: most of it is a push's query.
  public static let spoolHeadBytes = 512 * 1024
  /// Room beside the longest answer that a fetch reserves, for the heads of its pieces.
  public static let spoolSlackBytes = 4 * 1024 * 1024
  /// Bytes after which fetches and pushes go on in another file.
  public static let spoolFileBytes = 64 * 1024 * 1024
  /// Damaged places of one spool file behind which the rest is passed over.
  public static let spoolDamages = 1000

  // MARK: Receiving
  /// Bytes of a pushed request's body.
  public static let pushBytes = 8 * 1024 * 1024
  /// Blocks of memory of so many bytes go back to the system when a listener has done with them.
  public static let listenBlockBytes = 256 * 1024
  /// Connections of gateways that push.
  public static let pushConnections = 256
  /// Bytes that pushes leave free on the disk: whoever knows a push path's secret must not take a sender its room.
  public static let pushFreeBytes = 64 * 1024 * 1024
  /// Pushes that wait for the disk at once.
  public static let pushHandlers = 16
  /// Seconds without a byte before a pushing connection is closed.
  public static let pushIdleSeconds = 20
  /// How often a page is asked for again when the gateway says that it was asked too fast.
  public static let slowDowns = 5
  /// Seconds of the first pause after such an answer; each further one is twice as long.
  public static let slowDownSeconds = 1.0
  /// Seconds between two readings of the spool during a long fetch.
  public static let intakeSeconds = 5.0
  /// Seconds between two lines of a listener's counters.
  public static let countersSeconds = 10.0
  /// Notes and warnings of one kind that a pull tells.
  public static let pullNotes = 20
}
