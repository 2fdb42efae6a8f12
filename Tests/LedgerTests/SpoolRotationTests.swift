import Platform
import TestSupport
import Testing

@testable import Ledger

/// Spool files are left for the next one when they are long enough; whoever reads along sees everything once.
@Suite struct SpoolRotationTests {
  private let folder: TemporaryFolder
  private let moment = Timestamp(seconds: 1_794_387_600)
  private static let fileBytes = 4000

  init() throws { folder = try TemporaryFolder() }

  /// What a reader keeps between its lives: how far it came in each file.
  private struct Follower {
    private var offsets: [String: Int] = [:]
    private(set) var finished: Set<String> = []
    private(set) var found: [String] = []
    private(set) var cut = 0

    /// A life of it: a reader made anew.
    mutating func read(_ data: String) throws {
      let reader = SpoolReader(folder: data)
      for name in try reader.names() where !finished.contains(name) {
        let (next, isFinished) = try reader.read(name, from: offsets[name] ?? 0) { (entry) throws(LedgerError) in
          found.append(entry.source == .push ? entry.query : entry.bytes.text)
          if entry.isCut { cut += 1 }
        }
        offsets[name] = next
        if isFinished { finished.insert(name) }
      }
    }
  }

  private func names() -> [String] { (try? SpoolReader(folder: folder.path).names()) ?? [] }
  private func size(_ name: String) -> Int { Files.size(folder.path + "/spool/" + name) ?? 0 }

  /// A page of one to four pieces, some with bytes that look like a frame's.
  private func pieces(_ page: Int) -> [String] {
    (0...page % 4).map { "page \(page).\($0) qunfa-spool\n" + String(repeating: "x", count: page * 7 % 301) }
  }

  private func fetch(_ spool: SpoolFetches, _ page: Int) throws {
    try spool.begin("reports", at: moment + Double(page))
    for piece in pieces(page) { spool.piece(Array(piece.utf8).span) }
    try spool.end(status: 200, isWhole: true, at: moment + Double(page) + 0.5)
  }

  /// - Parameter pace: after how many fetches the reader lives again.
  /// - Parameter restart: after how many fetches the writer is another process.
  @Test(arguments: [1, 3, 7, 1000], [5, 11, 1000])
  func `a reader of fetches sees each page once across files`(pace: Int, restart: Int) throws {
    let pages = 60
    var follower = Follower()
    var spool = SpoolFetches(folder: folder.path, account: "a", fileBytes: Self.fileBytes)
    for page in 0..<pages {
      if page % restart == restart - 1 {
        spool.close()
        spool = SpoolFetches(folder: folder.path, account: "a", fileBytes: Self.fileBytes)
      }
      try fetch(spool, page)
      guard page % pace == pace - 1 else { continue }
      try follower.read(folder.path)
      #expect(follower.found.count == page + 1, "what has ended is seen at once")
    }
    #expect(names().count > 3, "\(names().count) files")
    try follower.read(folder.path)
    #expect(follower.found == (0..<pages).map { pieces($0).joined() })
    #expect(follower.cut == 0)
    // The last one is still its writer's.
    #expect(follower.finished == Set(names().dropLast()))
    spool.close()
    try follower.read(folder.path)
    #expect(follower.finished == Set(names()) && follower.found.count == pages)
  }

  @Test func `a fetch lies in one file, however long it is`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a", fileBytes: Self.fileBytes)
    try fetch(spool, 1)
    try spool.begin("reports", at: moment + 2)
    let long = String(repeating: "long ", count: 500)
    for _ in 0..<5 { spool.piece(Array(long.utf8).span) }
    var follower = Follower()
    try follower.read(folder.path)
    #expect(follower.found.count == 1 && names().count == 1, "a fetch under way is left for later")
    try spool.end(status: 200, isWhole: true, at: moment + 3)
    #expect(names().count == 1 && size(names()[0]) > 3 * Self.fileBytes)
    try follower.read(folder.path)
    #expect(follower.found.last == String(repeating: long, count: 5))
    #expect(follower.finished.isEmpty)
    try fetch(spool, 4)
    #expect(names().count == 2)
    try follower.read(folder.path)
    #expect(follower.found.count == 3 && follower.finished == [names()[0]])
    spool.close()
  }

  @Test func `a writer that dies behind a border leaves what it had as a cut page, once`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a", fileBytes: 1)
    try fetch(spool, 0)
    try spool.begin("reports", at: moment + 1)
    spool.piece(Array("half".utf8).span)
    var follower = Follower()
    try follower.read(folder.path)
    #expect(names().count == 2 && follower.found.count == 1)
    // As when the process ends: its locks go with it.
    spool.close()
    for _ in 0..<2 { try follower.read(folder.path) }
    #expect(follower.found == [pieces(0).joined(), "half"] && follower.cut == 1)
    #expect(follower.finished == Set(names()))
  }

  @Test func `pushes of many threads go on in other files, and a reader beside them sees each once`() throws {
    let spool = SpoolPushes(folder: folder.path, fileBytes: Self.fileBytes)
    let moment = moment
    let (threads, each) = (6, 40)
    let failures = Monitor([String]())
    let running = (0..<threads).compactMap { thread in
      SystemThread.start {
        for index in 0..<each {
          let push = SpooledPush(
            account: "18", at: moment + Double(index), method: "GET", query: "n=\(thread)-\(index)", contentType: "",
            body: [])
          do throws(LedgerError) { try spool.append(push) } catch {
            failures.withLock { $0.append(error.diagnostic.description) }
          }
        }
      }
    }
    var follower = Follower()
    while follower.found.count < threads * each / 2, failures.withLock({ $0.isEmpty }) {
      try follower.read(folder.path)
    }
    for thread in running { thread.join() }
    #expect(failures.withLock { $0 } == [])
    try follower.read(folder.path)
    #expect(follower.found.count == threads * each && Set(follower.found).count == threads * each)
    #expect(names().count >= threads * each * 150 / (2 * Self.fileBytes), "\(names().count) files")
    for name in names().dropLast() { #expect(size(name) >= Self.fileBytes, "left before it was long enough") }
    spool.close()
    try follower.read(folder.path)
    #expect(follower.finished == Set(names()) && follower.found.count == threads * each)
  }
}
