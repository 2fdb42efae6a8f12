import Platform

/// Reads what `pull`, `listen` and `import-reports` kept, whoever wrote it and however that ended.
public struct SpoolReader: Sendable {
  private let folder: String

  /// - Parameter folder: the workspace's data folder.
  public init(folder: String) { self.folder = spoolFolder(in: folder) }

  /// The spool files, oldest first.
  public func names() throws(LedgerError) -> [String] {
    try fileErrors { () throws(FileError) in try Files.list(folder) }.filter { $0.hasSuffix(".spool") }
  }

  /// Gives each entry that is complete, once, in the file's order.
  ///
  /// While the file's writer lives, an entry without its end is left for later. When the writer is gone, a fetch that
  /// has no end comes as an entry that is cut, with the bytes there are; a push without end was never acknowledged and
  /// is dropped. Damaged bytes are passed over to the next frame that is whole.
  /// - Parameter offset: 0, or the `next` of an earlier reading.
  /// - Returns: where to go on, and whether the writer is gone and everything was given.
  public func read(
    _ name: String, from offset: Int, _ body: (SpoolEntry) throws(LedgerError) -> Void
  ) throws(LedgerError) -> (next: Int, isFinished: Bool) {
    let path = folder + "/" + name
    guard try isThere(path) else { return (offset, true) }
    // Looked at first: what a writer adds after this was there in time for the next reading only.
    let isAlive = try fileErrors { () throws(FileError) in try FileLock.isHeld(path) }
    var scanner = try fileErrors { () throws(FileError) in try SpoolScanner(path, from: offset) }
    var assembly = SpoolAssembly(name: name, folder: folder)
    while true {
      let step = try fileErrors { () throws(FileError) in try scanner.step() }
      switch step {
      case .frame(let frame):
        for entry in assembly.add(frame) { try body(entry) }
      case .damage: assembly.breakOff()
      case .torn(let frame):
        if isAlive { return (assembly.open?.offset ?? scanner.position, false) }
        if let entry = assembly.finish(torn: frame) { try body(entry) }
        return (try length(at: path) ?? scanner.position, true)
      case .end:
        if isAlive { return (assembly.open?.offset ?? scanner.position, false) }
        if let entry = assembly.finish(torn: nil) { try body(entry) }
        return (scanner.position, true)
      }
    }
  }

  /// A spool file's length in bytes; 0 when it was deleted.
  public func length(_ name: String) throws(LedgerError) -> Int { try length(at: folder + "/" + name) ?? 0 }

  private func isThere(_ path: String) throws(LedgerError) -> Bool {
    try fileErrors { () throws(FileError) in try Files.isThere(path) }
  }

  private func length(at path: String) throws(LedgerError) -> Int? {
    try fileErrors { () throws(FileError) in try Files.length(path) }
  }

  /// The entry that starts at an offset, as `read` gave it; nil when none does.
  public func entry(_ name: String, at offset: Int) throws(LedgerError) -> SpoolEntry? {
    let path = folder + "/" + name
    guard try isThere(path) else { return nil }
    var scanner = try fileErrors { () throws(FileError) in try SpoolScanner(path, from: offset) }
    var assembly = SpoolAssembly(name: name, folder: folder)
    while true {
      let step = try fileErrors { () throws(FileError) in try scanner.step() }
      let found: SpoolEntry?
      switch step {
      case .frame(let frame):
        guard let entry = assembly.add(frame).first else { continue }
        found = entry
      case .damage:
        assembly.breakOff()
        continue
      case .torn(let frame): found = assembly.finish(torn: frame)
      case .end: found = assembly.finish(torn: nil)
      }
      return found?.offset == offset ? found : nil
    }
  }
}

/// Puts entries together from frames: a value, without files.
struct SpoolAssembly {
  let name: String
  let folder: String
  /// The fetch whose end has not come.
  private(set) var open: SpoolEntry?
  /// Bytes of the open fetch are missing: what follows them cannot be put behind what came before.
  private var hasGap = false
  /// What the file's name says stands in it, as far as its label goes.
  private let label: Substring

  init(name: String, folder: String) {
    self.name = name
    self.folder = folder
    let words = name.split(separator: "-", maxSplits: 2)
    label = words.count == 3 ? words[2] : ""
  }

  /// The entries that a frame completes, at most two.
  mutating func add(_ frame: SpoolFrame) -> [SpoolEntry] {
    guard isAtHome(frame) else {
      breakOff()
      return []
    }
    switch frame.kind {
    case .fetch:
      let before = cutShort()
      open = entry(.pull, frame)
      open?.kind = frame.meta["kind"]?.text ?? ""
      return [before].compactMap { $0 }
    case .piece:
      append(frame.payload)
      return []
    case .end: return [end(frame)].compactMap { $0 }
    case .push:
      var push = entry(.push, frame)
      push.method = frame.meta["method"]?.text ?? ""
      push.query = frame.meta["query"]?.text ?? ""
      push.contentType = frame.meta["content_type"]?.text ?? ""
      push.bytes = frame.payload
      return [cutShort(), push].compactMap { $0 }
    case .import:
      var taken = entry(.import, frame)
      taken.bytes = Array(folder.utf8) + [UInt8(ascii: "/")] + frame.payload
      return [cutShort(), taken].compactMap { $0 }
    }
  }

  /// Bytes of the file were passed over.
  mutating func breakOff() { hasGap = true }

  /// The writer is gone: the open fetch as far as it came.
  mutating func finish(torn frame: SpoolFrame?) -> SpoolEntry? {
    if let frame, frame.kind == .piece, isAtHome(frame) {
      // A power cut may leave zeros where the last bytes were to be.
      append(Array(frame.payload.prefix(frame.payload.count - frame.payload.reversed().prefix { $0 == 0 }.count)))
    }
    return cutShort()
  }

  // MARK: Parts

  /// Whether a frame may stand in this file. A push whose body looks like another gateway's answer must not become one,
  /// even in a damaged file.
  private func isAtHome(_ frame: SpoolFrame) -> Bool {
    let source: SpoolEntry.Source =
      switch frame.kind {
      case .fetch, .piece, .end: .pull
      case .push: .push
      case .import: .import
      }
    return label == "\(source.label).spool" || label.hasPrefix("\(source.label)-")
  }

  private func entry(_ source: SpoolEntry.Source, _ frame: SpoolFrame) -> SpoolEntry {
    var entry = SpoolEntry(source, account: frame.account, receivedAt: frame.at)
    entry.spool = name
    entry.offset = frame.offset
    return entry
  }

  private mutating func append(_ bytes: [UInt8]) {
    guard let count = open?.bytes.count, !hasGap else { return }
    guard count + bytes.count <= Limits.answerBytes + Limits.spoolSlackBytes else {
      hasGap = true
      return
    }
    open?.bytes += bytes
  }

  /// Nil when there is no fetch to end, or when it was never asked for, so that nothing came and nothing can be lost.
  private mutating func end(_ frame: SpoolFrame) -> SpoolEntry? {
    guard var ended = open else { return nil }
    ended.status = Int(frame.meta["status"]?.text ?? "") ?? 0
    ended.isCut = frame.meta["whole"] != true || hasGap
    open = nil
    hasGap = false
    return ended.status == 0 && !ended.isCut ? nil : ended
  }

  private mutating func cutShort() -> SpoolEntry? {
    defer {
      open = nil
      hasGap = false
    }
    guard var cut = open else { return nil }
    cut.isCut = true
    return cut
  }
}
