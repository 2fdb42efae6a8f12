import Glibc
import Platform

/// The gateways' answers as they came, appended and made durable before anything of them is read.
///
/// One file a campaign, `answers.log`: a line `qunfa-answer call attempt status length sha256`, the body, a line feed.
/// A record cut short by a crash is told from a whole one by its length and digest.
public struct AnswerLog: ~Copyable {
  private let file: File
  private var pending = ByteBuffer(capacity: 64 * 1024)
  /// Where the next byte goes, and up to where room is reserved.
  private var end: Int
  private var reserved = 0
  private var isBroken = false

  public init(folder: String) throws(LedgerError) {
    let path = folder + "/answers.log"
    let length = try fileErrors { () throws(FileError) in try Files.length(path) ?? 0 }
    file = try fileErrors { () throws(FileError) in try File(path, .append) }
    end = length
    // A crash may have left half a record: the next one begins on a line of its own.
    if end > 0 { pending.append(UInt8(ascii: "\n")) }
  }

  /// Adds a raw answer; it is durable after `synchronize`.
  public mutating func append(call: Int, attempt: Int, status: Int, body: [UInt8]) {
    let digest = Digest.hex(Digest.sha256(body))
    pending.append("qunfa-answer \(call) \(attempt) \(status) \(body.count) \(digest)\n")
    pending.append(body)
    pending.append(UInt8(ascii: "\n"))
  }

  /// Makes sure that the answers to `calls` calls with `messages` messages find room, whatever else fills the disk: an
  /// answer that came but could not be kept would make its messages unknown (design.md §2.9).
  public mutating func reserve(calls: Int, messages: Int) throws(LedgerError) {
    let wanted = end + pending.count + calls * Limits.answerBytesPerCall + messages * Limits.answerBytesPerMessage
    guard wanted > reserved else { return }
    // More than is wanted, so that few turns ask the file system.
    let goal = wanted + (wanted - end)
    try fileErrors { () throws(FileError) in
      try Files.reserve(goal - end, behind: end, of: file.descriptor, file.path)
    }
    reserved = goal
  }

  /// Writes what was appended and makes it durable. After an error nothing may be sent any more, and nothing is tried a
  /// second time: the kernel may have dropped what it could not write.
  public mutating func synchronize() throws(LedgerError) {
    guard !pending.isEmpty, !Defect.isPlanted(.answerNotKept) else { return }
    do throws(FileError) {
      guard !isBroken else { throw FileError("write", file.path, number: EIO) }
      isBroken = true
      try file.write(pending.span)
      guard Defect.isPlanted(.answerNotSynced) || fdatasync(file.descriptor) == 0 else {
        throw FileError("fsync", file.path)
      }
      isBroken = false
    } catch { throw .file(error) }
    end += pending.count
    pending.clear()
  }

  // Gives back what was reserved and not used.
  deinit { if end < reserved { _ = ftruncate(file.descriptor, (try? Files.length(file.path)) ?? end) } }

  /// A raw answer as it came.
  public struct Answer: Sendable, Equatable {
    public var status: Int
    public var body: [UInt8]
  }

  /// The whole answers of the given attempts, by call: what a run that was killed had received but not settled.
  public static func answers(
    in folder: String, to attempts: [Int: Int]
  ) throws(LedgerError) -> [Int: Answer] {
    let path = folder + "/answers.log"
    var found: [Int: Answer] = [:]
    do throws(FileError) {
      guard !attempts.isEmpty, try Files.isThere(path) else { return [:] }
      let file = try File(path, .read)
      var buffer = ByteBuffer(capacity: 1 << 20)
      repeat {
        buffer.removeFirst(scan(buffer.span, attempts, &found))
      } while try file.read(into: &buffer) > 0
      // A record that is longer than all that follows was cut short; what a later run wrote stands behind its first
      // line.
      var start = 0
      while let end = lineEnd(buffer.span, from: start) {
        start = end + 1
        start += scan(buffer.span.extracting(start..<buffer.count), attempts, &found)
      }
    } catch { throw .file(error) }
    return found
  }

  /// Takes the whole records at the front and returns how many bytes they have. What is no record is passed over to the
  /// next line that starts one.
  private static func scan(
    _ bytes: Span<UInt8>, _ attempts: [Int: Int], _ found: inout [Int: Answer]
  ) -> Int {
    var position = 0
    while let end = lineEnd(bytes, from: position) {
      let words = bytes.extracting(position..<end).text.split(separator: " ")
      guard words.count == 6, words[0] == "qunfa-answer", let call = Int(words[1]), let attempt = Int(words[2]),
        let status = Int(words[3]), let length = Int(words[4]), (0...Limits.answerBytes).contains(length)
      else {
        position = end + 1
        continue
      }
      let bodyEnd = end + 1 + length
      guard bodyEnd <= bytes.count else { return position }
      let body = bytes.extracting(end + 1..<bodyEnd).array
      if Digest.hex(Digest.sha256(body)) == words[5] {
        if attempts[call] == attempt { found[call] = Answer(status: status, body: body) }
        position = min(bodyEnd + 1, bytes.count)
      } else {
        position = end + 1
      }
    }
    return position
  }

  private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    for index in start..<bytes.count where bytes[index] == 0x0A { return index }
    return nil
  }
}
