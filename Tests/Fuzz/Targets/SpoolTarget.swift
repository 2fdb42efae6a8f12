import Ledger
import Platform
import TestSupport

extension FuzzTarget {
  /// A spool file; the first byte chooses whose. With its highest bit the rest is the file as it is, else it says which
  /// frames are written, damaged and cut: the digests of bytes by chance would never be right.
  static let spool = FuzzTarget("spool") { bytes in
    var input = Input(bytes)
    let first = input.byte()
    let source = [SpoolEntry.Source.pull, .push, .import][Int(first & 0x7F) % 3]
    var script = SpoolScript(source)
    if first & 0x80 == 0 {
      while !input.rest.isEmpty { script.step(&input) }
    } else {
      script.damage(Array(input.rest))
    }
    let name = "20261111T010000-1-" + (source == .pull ? "pull-a" : source.rawValue) + ".spool"
    guard let folder = try? TemporaryFolder(), (try? Files.makeFolder(folder.path + "/spool")) != nil,
      (try? folder.write("spool/" + name, script.file)) != nil
    else { return "no folder" }
    do { return try fault(of: SpoolReader(folder: folder.path), name, script) } catch { return "the reader gave up" }
  }

  private static func fault(of reader: SpoolReader, _ name: String, _ script: SpoolScript) throws -> String? {
    let (entries, next, isFinished) = try read(reader, name, from: 0)
    if !isFinished || next != script.file.count { return "the file of a writer that is gone is not read to its end" }
    var before = -1
    for (index, entry) in entries.enumerated() {
      if entry.source != script.source || entry.spool != name { return "an entry of another file" }
      if entry.offset <= before { return "entries out of order" }
      before = entry.offset
      guard let again = try reader.entry(name, at: entry.offset), again.isSame(as: entry) else {
        return "an entry asked for by its place is another one"
      }
      // An intake that was killed goes on in the middle.
      guard index == entries.count / 2 else { continue }
      let rest = try read(reader, name, from: entry.offset).entries
      if rest.count != entries.count - index { return "reading on gives other entries" }
      for (left, right) in zip(rest, entries[index...]) where !left.isSame(as: right) {
        return "reading on gives another entry"
      }
    }
    guard let expected = script.entries else { return nil }
    if entries.count != expected.count { return "an entry is missing or invented" }
    for (entry, wanted) in zip(entries, expected) {
      let bytes = script.source == .import ? Array(entry.bytes.suffix(wanted.bytes.count)) : entry.bytes
      if bytes != wanted.bytes || entry.isCut != wanted.isCut { return "an entry is not as it was written" }
    }
    return nil
  }

  private static func read(_ reader: SpoolReader, _ name: String, from offset: Int) throws -> (
    entries: [SpoolEntry], next: Int, isFinished: Bool
  ) {
    var entries: [SpoolEntry] = []
    let end = try reader.read(name, from: offset) { (entry) throws(LedgerError) in entries.append(entry) }
    return (entries, end.next, end.isFinished)
  }
}

extension SpoolEntry {
  fileprivate func isSame(as other: SpoolEntry) -> Bool {
    offset == other.offset && bytes == other.bytes && isCut == other.isCut && status == other.status
      && account == other.account && kind == other.kind && receivedAt == other.receivedAt && query == other.query
  }
}

/// Writes a spool file as docs/files.md describes it, and knows what has to be read.
private struct SpoolScript {
  struct Entry {
    var bytes: [UInt8] = []
    var isCut = false
  }

  let source: SpoolEntry.Source
  private(set) var file: [UInt8] = []
  private var written: [Entry] = []
  private var open: Entry?
  private var isClean = true

  init(_ source: SpoolEntry.Source) { self.source = source }

  /// What has to be read; nil once something was damaged.
  var entries: [Entry]? {
    guard isClean else { return nil }
    return written + (open.map { [Entry(bytes: $0.bytes, isCut: true)] } ?? [])
  }

  /// The file's own bytes.
  mutating func damage(_ bytes: [UInt8]) {
    isClean = false
    file += bytes
  }

  mutating func step(_ input: inout Input) {
    let operation = input.byte()
    switch operation % 8 {
    case 0: fetch(operation & 8 == 0 ? "reports" : "replies")
    case 1: piece(input.counted())
    case 2: end(status: [0, 200, 500][Int(operation / 8) % 3], isWhole: operation & 128 != 0)
    case 3:
      let body = input.counted()
      add("push", #"{"account":"a","method":"POST","query":"a=1","content_type":"","at":1}"#, body, .push)
      if source == .push { written.append(Entry(bytes: body)) }
    case 4:
      let copy = input.counted()
      add("import", #"{"account":"a","at":1}"#, copy, .import)
      if source == .import { written.append(Entry(bytes: copy)) }
    case 5: damage(input.counted())
    case 6: damage(Array("qunfa-spool piece 3 0123456789abcdef {}\nabc\n".utf8))
    default:
      isClean = false
      file.removeLast(min(file.count, Int(input.byte())))
    }
  }

  private mutating func fetch(_ kind: String) {
    add("fetch", #"{"account":"a","kind":"\#(kind)","at":1}"#, [], .pull)
    if let open { written.append(Entry(bytes: open.bytes, isCut: true)) }
    open = Entry()
  }

  private mutating func piece(_ bytes: [UInt8]) {
    add("piece", "{}", bytes, .pull)
    open?.bytes += bytes
  }

  private mutating func end(status: Int, isWhole: Bool) {
    add("end", #"{"status":\#(status),"whole":\#(isWhole)}"#, [], .pull)
    if var ended = open, status != 0 || !isWhole {
      ended.isCut = !isWhole
      written.append(ended)
    }
    open = nil
  }

  private mutating func add(_ kind: String, _ meta: String, _ payload: [UInt8], _ home: SpoolEntry.Source) {
    // A frame in the wrong file is damage.
    if home != source { isClean = false }
    let digest = Digest.hex(Digest.sha256(Array("\(kind) \(payload.count) \(meta)\n".utf8) + payload)).prefix(16)
    file += Array("qunfa-spool \(kind) \(payload.count) \(digest) \(meta)\n".utf8) + payload + [0x0A]
  }
}
