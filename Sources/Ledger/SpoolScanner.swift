import Glibc
import Platform

/// Goes through a spool file frame by frame, with a bounded window of it in memory.
struct SpoolScanner: ~Copyable {
  enum Step {
    case frame(SpoolFrame)
    /// Bytes that are no frame were passed over.
    case damage
    /// The file ends within a frame; nil when not even its head is whole.
    case torn(SpoolFrame?)
    case end
  }

  private let file: File
  private var window: ByteBuffer
  /// The window's first byte in the file.
  private var base: Int
  /// The next byte to look at, counted in the window.
  private var cursor = 0
  private var isAtEnd = false
  private var damages = 0

  init(_ path: String, from offset: Int) throws(FileError) {
    let opened = try File(path, .read)
    guard lseek(opened.descriptor, off_t(offset), SEEK_SET) >= 0 else { throw FileError("seek", path) }
    file = opened
    window = ByteBuffer(capacity: Limits.readBytes)
    base = offset
  }

  /// The next byte in the file.
  var position: Int { base + cursor }

  mutating func step() throws(FileError) -> Step {
    let headEnd = try lineEnd()
    guard let headEnd else {
      if cursor == window.count { return .end }
      return window.count - cursor > Limits.spoolHeadBytes ? try passOver() : .torn(nil)
    }
    guard var frame = SpoolFrame(head: window.span.extracting(cursor..<headEnd)) else { return try passOver() }
    frame.offset = position
    // Counted from the cursor: reading on moves the window.
    let start = headEnd + 1 - cursor
    let whole = start + frame.length + 1
    try fill(whole)
    if window.count - cursor < whole {
      // A damaged length looks like a torn frame: what stands behind it decides.
      if let next = try nextHead(), next < window.count { return skip(to: next) }
      frame.payload = payload(from: start, frame.length)
      return .torn(frame)
    }
    frame.payload = payload(from: start, frame.length)
    guard frame.isIntact else { return try passOver() }
    cursor += whole
    return .frame(frame)
  }

  // MARK: Parts

  private func payload(from start: Int, _ length: Int) -> [UInt8] {
    let first = min(cursor + start, window.count)
    return window.span.extracting(first..<min(first + length, window.count)).array
  }

  /// Goes on at the next line that is a head.
  private mutating func passOver() throws(FileError) -> Step {
    damages += 1
    if damages > Limits.spoolDamages {
      // Somebody makes work; the rest stays on the disk for a person.
      while !isAtEnd {
        cursor = window.count
        try fill(Limits.readBytes)
      }
      return skip(to: window.count)
    }
    while true {
      if let next = try nextHead() { return skip(to: next) }
      if isAtEnd { return skip(to: window.count) }
      // A tag may lie across the border.
      cursor = max(cursor + 1, window.count - SpoolFrame.tag.count)
      try fill(Limits.readBytes)
    }
  }

  private mutating func skip(to place: Int) -> Step {
    cursor = place
    return .damage
  }

  /// Where in the window, behind the cursor, a line starts that is a whole head.
  private mutating func nextHead() throws(FileError) -> Int? {
    let tag = SpoolFrame.tag
    var index = cursor
    while index + 1 + tag.count <= window.count {
      guard window[index] == 0x0A, window.span.extracting(index + 1..<index + 1 + tag.count).isEqual(to: tag.span)
      else {
        index += 1
        continue
      }
      let start = index + 1
      let distance = start - cursor
      try fill(distance + min(Limits.spoolHeadBytes, window.count - start + 4096))
      let begin = cursor + distance
      for end in begin..<min(window.count, begin + Limits.spoolHeadBytes) where window[end] == 0x0A {
        if SpoolFrame(head: window.span.extracting(begin..<end)) != nil { return begin }
        break
      }
      index = begin
    }
    return nil
  }

  /// Where the line at the cursor ends; nil when the file or the longest head ends first.
  private mutating func lineEnd() throws(FileError) -> Int? {
    var looked = 0
    while true {
      let limit = min(window.count, cursor + Limits.spoolHeadBytes)
      if cursor + looked < limit {
        for index in cursor + looked..<limit where window[index] == 0x0A { return index }
      }
      looked = window.count - cursor
      if isAtEnd || looked > Limits.spoolHeadBytes { return nil }
      try fill(looked + 1)
    }
  }

  /// Reads until `length` bytes stand behind the cursor or the file ends.
  private mutating func fill(_ length: Int) throws(FileError) {
    guard window.count - cursor < length else { return }
    if cursor > 0 {
      window.removeFirst(cursor)
      base += cursor
      cursor = 0
    }
    while window.count < length, !isAtEnd {
      if try file.read(into: &window) == 0 { isAtEnd = true }
    }
  }
}
