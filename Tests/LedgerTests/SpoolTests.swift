import Platform
import TestSupport
import Testing

@testable import Ledger

@Suite struct SpoolTests {
  private let folder: TemporaryFolder
  private let moment = Timestamp(seconds: 1_794_387_600)

  init() throws { folder = try TemporaryFolder() }

  private func entries(_ data: String, from offset: Int = 0) throws -> (
    found: [SpoolEntry], next: Int, isFinished: Bool
  ) {
    let reader = SpoolReader(folder: data)
    var found: [SpoolEntry] = []
    var (next, isFinished) = (0, true)
    for name in try reader.names() {
      (next, isFinished) = try reader.read(name, from: offset) { (entry) throws(LedgerError) in found.append(entry) }
    }
    return (found, next, isFinished)
  }

  private func fetch(_ spool: SpoolFetches, _ pieces: [String], whole: Bool = true) throws {
    try spool.begin("reports", at: moment)
    for piece in pieces { spool.piece(Array(piece.utf8).span) }
    try spool.end(status: 200, isWhole: whole, at: moment + 1)
  }

  private func push(_ body: String, query: String = "a=%FF&b=1") -> SpooledPush {
    SpooledPush(
      account: "18", at: moment, method: "POST", query: query, contentType: "text/plain; charset=\"gbk\"",
      body: Array(body.utf8))
  }

  @Test func `fetches come back as they came, and their file is finished with its writer`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "juhe-main")
    try fetch(spool, ["{\"a\":", "1}\n"])
    try fetch(spool, [])
    try fetch(spool, ["half"], whole: false)
    let alive = try entries(folder.path)
    #expect(alive.found.map(\.bytes.text) == ["{\"a\":1}\n", "", "half"])
    #expect(alive.found.map(\.isCut) == [false, false, true])
    #expect(alive.found.allSatisfy { $0.account == "juhe-main" && $0.kind == "reports" && $0.status == 200 })
    #expect(alive.found.map(\.receivedAt) == [moment, moment, moment])
    #expect(!alive.isFinished)
    spool.close()
    let ended = try entries(folder.path, from: alive.next)
    #expect(ended.found.isEmpty && ended.isFinished && ended.next == alive.next)
  }

  @Test func `a spool file belongs to its owner alone and is as long as its frames`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    try fetch(spool, ["x"])
    spool.close()
    let name = try #require(SpoolReader(folder: folder.path).names().first)
    #expect(name.hasSuffix("-pull-a.spool"))
    #expect(Files.permissions(folder.path + "/spool/" + name) == 0o600)
    let text = try folder.read("spool/" + name)
    #expect(text.hasPrefix("qunfa-spool fetch 0 "))
    #expect(text.hasSuffix("}\n\n"))
  }

  @Test func `a running fetch is left for later while its writer lives, and is cut when it is gone`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    try fetch(spool, ["first"])
    try spool.begin("replies", at: moment)
    spool.piece(Array("some".utf8).span)
    let alive = try entries(folder.path)
    #expect(alive.found.map(\.bytes.text) == ["first"])
    #expect(!alive.isFinished)
    spool.close()
    let ended = try entries(folder.path, from: alive.next)
    #expect(ended.found.map(\.bytes.text) == ["some"])
    #expect(ended.found.first?.isCut == true && ended.found.first?.kind == "replies" && ended.isFinished)
    let name = try SpoolReader(folder: folder.path).names()[0]
    let again = try SpoolReader(folder: folder.path).entry(name, at: ended.found[0].offset)
    #expect(again?.bytes.text == "some" && again?.isCut == true)
  }

  @Test func `a request that never went out is no entry`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    try spool.begin("reports", at: moment)
    try spool.end(status: 0, isWhole: true, at: moment)
    spool.close()
    #expect(try entries(folder.path).found.isEmpty)
  }

  @Test func `polls that brought nothing leave no file`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    try fetch(spool, ["{\"list\":[]}"])
    #expect(try SpoolReader(folder: folder.path).names().count == 1)
    let name = try SpoolReader(folder: folder.path).names()[0]
    spool.discard()
    #expect(try SpoolReader(folder: folder.path).names().isEmpty)
    let gone = try SpoolReader(folder: folder.path).read(name, from: 0) { (_) throws(LedgerError) in }
    #expect(gone.isFinished)
    try fetch(spool, ["next"])
    #expect(try entries(folder.path).found.map(\.bytes.text) == ["next"])
  }

  @Test func `cut at every byte, whole pages stay whole and at most one is cut`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    let pages = [["{\"list\":[", "1,2]}"], ["page\nqunfa-spool two"], ["third"]]
    var ends: [Int] = []
    for page in pages {
      try fetch(spool, page)
      ends.append(try Files.size(folder.path + "/spool/" + SpoolReader(folder: folder.path).names()[0]) ?? 0)
    }
    spool.close()
    let name = try SpoolReader(folder: folder.path).names()[0]
    let bytes = try Files.read(folder.path + "/spool/" + name, limit: 1 << 20)
    for length in 0...bytes.count {
      let copy = try TemporaryFolder()
      try copy.write("spool/" + name, Array(bytes.prefix(length)))
      let (found, next, isFinished) = try entries(copy.path)
      // The line feed behind an end frame proves nothing more: without it the fetch counts as cut.
      let complete = ends.count { $0 <= length }
      #expect(isFinished && next == length)
      #expect(
        found.filter { !$0.isCut }.map(\.bytes.text) == pages.prefix(complete).map { $0.joined() }, "at \(length)")
      #expect(found.count { $0.isCut } <= 1)
      if let cut = found.first(where: \.isCut) { #expect(pages[complete].joined().hasPrefix(cut.bytes.text)) }
    }
  }

  @Test func `any damaged byte costs at most the entry it is in`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    for page in ["one", "two", "three"] { try fetch(spool, [page]) }
    spool.close()
    let name = try SpoolReader(folder: folder.path).names()[0]
    let bytes = try Files.read(folder.path + "/spool/" + name, limit: 1 << 20)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] = damaged[index] == UInt8(ascii: "9") ? UInt8(ascii: "1") : UInt8(ascii: "9")
      let copy = try TemporaryFolder()
      try copy.write("spool/" + name, damaged)
      let (found, _, isFinished) = try entries(copy.path)
      let whole = found.filter { !$0.isCut }.map(\.bytes.text)
      #expect(isFinished)
      #expect(whole.count >= 2 && Set(whole).isSubset(of: ["one", "two", "three"]), "byte \(index): \(whole)")
    }
  }

  @Test(arguments: [[UInt8](), Array("\n\n\n".utf8), [0, 0, 0], Array("qunfa-spool ".utf8)])
  func `a file without a frame gives nothing`(bytes: [UInt8]) throws {
    try folder.write("spool/20261111T090000000-1-pull-a.spool", bytes)
    let (found, next, isFinished) = try entries(folder.path)
    #expect(found.isEmpty && isFinished && next == bytes.count)
  }

  @Test func `zeros that a power cut left are not taken for an answer`() throws {
    let spool = SpoolFetches(folder: folder.path, account: "a")
    try spool.begin("reports", at: moment)
    spool.piece(Array("12345678".utf8).span)
    spool.close()
    let name = try SpoolReader(folder: folder.path).names()[0]
    var bytes = try Files.read(folder.path + "/spool/" + name, limit: 1 << 20)
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0])
    try folder.write("spool/" + name, bytes)
    #expect(try entries(folder.path).found.map(\.bytes.text) == ["12345"])
  }

  @Test func `a push in a push's file cannot pose as an answer`() throws {
    let forged = SpoolFrame.encode(
      .fetch, [.init("account", "juhe")] + SpoolFrame.moment(moment), [UInt8]().span)
    let spool = SpoolPushes(folder: folder.path)
    try spool.append(push("x\n" + forged.text))
    try spool.append(push("last"))
    spool.close()
    let name = try SpoolReader(folder: folder.path).names()[0]
    var bytes = try Files.read(folder.path + "/spool/" + name, limit: 1 << 20)
    bytes[30] ^= 1
    try folder.write("spool/" + name, bytes)
    #expect(try entries(folder.path).found.map(\.bytes.text) == ["last"])
  }

  @Test func `pushes of many threads are all durable when append returns`() throws {
    let spool = SpoolPushes(folder: folder.path)
    let path = folder.path
    let moment = moment
    let failures = Monitor([String]())
    let threads = (0..<8).compactMap { thread in
      SystemThread.start {
        for index in 0..<25 {
          do throws(LedgerError) {
            try spool.append(
              SpooledPush(
                account: "18", at: moment, method: "GET", query: "n=\(thread)-\(index)&x=%00", contentType: "",
                body: Array("body \(index)".utf8)))
          } catch { failures.withLock { $0.append(error.diagnostic.description) } }
          // What has returned can be read while the writer goes on.
          if index == 24 {
            let reader = SpoolReader(folder: path)
            var isThere = false
            for name in (try? reader.names()) ?? [] {
              _ = try? reader.read(name, from: 0) { (entry) throws(LedgerError) in
                if entry.query == "n=\(thread)-24&x=%00" { isThere = true }
              }
            }
            if !isThere { failures.withLock { $0.append("missing \(thread)") } }
          }
        }
      }
    }
    for thread in threads { thread.join() }
    spool.close()
    #expect(failures.withLock { $0 } == [])
    let (found, _, isFinished) = try entries(folder.path)
    #expect(isFinished && Set(found.map(\.query)).count == 200 && found.count == 200)
    #expect(found.allSatisfy { $0.method == "GET" && $0.source == .push })
  }

  @Test func `a push keeps what came beside its body, and a torn one is dropped`() throws {
    let spool = SpoolPushes(folder: folder.path)
    try spool.append(push("one"))
    try spool.append(push("two"))
    spool.close()
    let name = try SpoolReader(folder: folder.path).names()[0]
    let bytes = try Files.read(folder.path + "/spool/" + name, limit: 1 << 20)
    try folder.write("spool/" + name, Array(bytes.dropLast(2)))
    let (found, _, isFinished) = try entries(folder.path)
    #expect(isFinished && found.map(\.bytes.text) == ["one"])
    #expect(found[0].query == "a=%FF&b=1" && found[0].contentType == "text/plain; charset=\"gbk\"")
  }

  @Test func `a disk that refuses is told, and a later push tries another file`() throws {
    try folder.write("spool", "a file where the folder should be")
    let spool = SpoolPushes(folder: folder.path)
    #expect(throws: LedgerError.self) { try spool.append(push("one")) }
    try Files.remove(folder.path + "/spool")
    try spool.append(push("two"))
    spool.close()
    #expect(try entries(folder.path).found.map(\.bytes.text) == ["two"])
    let fetches = SpoolFetches(folder: folder.path + "/spool/x.part/y", account: "a")
    try folder.write("spool/x.part", "")
    #expect(throws: LedgerError.self) { try fetches.begin("reports", at: moment) }
    #expect(throws: LedgerError.self) { try fetches.begin("reports", at: moment) }
  }

  @Test func `the same file is imported once`() throws {
    let path = try folder.write("export.csv", "a,b\n")
    let digest = Digest.sha256(Array("a,b\n".utf8))
    for isNew in [true, false] {
      #expect(
        try SpoolImports.add(path, account: "m", digest: digest, folder: folder.path, at: moment) == isNew)
    }
    let found = try entries(folder.path).found
    #expect(found.count == 1 && found[0].account == "m" && found[0].source == .import)
    #expect(try Files.read(found[0].bytes.text, limit: 100).text == "a,b\n")
  }
}
