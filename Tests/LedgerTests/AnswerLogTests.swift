import Platform
import TestSupport
import Testing

@testable import Ledger

@Suite struct AnswerLogTests {
  typealias Entry = (call: Int, attempt: Int, status: Int, body: [UInt8])

  private func write(_ entries: [Entry], in folder: TemporaryFolder) throws {
    var log = try AnswerLog(folder: folder.path)
    for entry in entries {
      log.append(call: entry.call, attempt: entry.attempt, status: entry.status, body: entry.body)
    }
    try log.synchronize()
  }

  /// The file without its last bytes, as a crash leaves it.
  private func cut(_ count: Int, in folder: TemporaryFolder) throws {
    let path = folder.path + "/answers.log"
    try folder.write("answers.log", Array(try Files.read(path, limit: 1 << 26).dropLast(count)))
  }

  @Test func `answers come back by call and attempt`() throws {
    let folder = try TemporaryFolder()
    #expect(try AnswerLog.answers(in: folder.path, to: [1: 1]).isEmpty)
    let bodies: [[UInt8]] = [Array("{}".utf8), [], [0, 255, 10, 10, 13], Array("last\n".utf8)]
    try write(bodies.enumerated().map { ($0 + 1, 1, 200 + $0, $1) }, in: folder)
    try write([(1, 2, 503, Array("again".utf8))], in: folder)
    let found = try AnswerLog.answers(in: folder.path, to: [1: 1, 2: 1, 3: 1, 4: 1, 5: 1])
    #expect(found.count == 4)
    for index in 0..<4 { #expect(found[index + 1] == AnswerLog.Answer(status: 200 + index, body: bodies[index])) }
    #expect(try AnswerLog.answers(in: folder.path, to: [1: 2])[1]?.status == 503)
    #expect(try AnswerLog.answers(in: folder.path, to: [1: 3]).isEmpty)
    #expect(try AnswerLog.answers(in: folder.path, to: [:]).isEmpty)
    #expect(Files.permissions(folder.path + "/answers.log") == 0o600)
  }

  @Test func `nothing is written before it is made durable`() throws {
    let folder = try TemporaryFolder()
    var log = try AnswerLog(folder: folder.path)
    log.append(call: 1, attempt: 1, status: 200, body: [65])
    #expect(Files.size(folder.path + "/answers.log") == 0)
    try log.synchronize()
    let size = Files.size(folder.path + "/answers.log")
    try log.synchronize()
    #expect(Files.size(folder.path + "/answers.log") == size)
  }

  /// How much of the record's end a crash took: its line feed, part of the body, all of it, part of the header.
  @Test(arguments: [1, 2, 50, 101, 110, 170])
  func `a record cut short is none and hides none of those that a later run wrote`(_ lost: Int) throws {
    let folder = try TemporaryFolder()
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 100)
    try write([(1, 1, 200, [65]), (2, 1, 200, body)], in: folder)
    try cut(lost, in: folder)
    let before = try AnswerLog.answers(in: folder.path, to: [1: 1, 2: 1])
    // A record without its line feed is whole all the same.
    #expect(before.keys.sorted() == (lost > 1 ? [1] : [1, 2]))
    try write([(3, 1, 200, [66]), (4, 1, 200, [67])], in: folder)
    let found = try AnswerLog.answers(in: folder.path, to: [1: 1, 2: 1, 3: 1, 4: 1])
    #expect(found.keys.sorted() == (lost > 1 ? [1, 3, 4] : [1, 2, 3, 4]))
    #expect(found[3]?.body == [66] && found[4]?.body == [67])
  }

  @Test func `bytes that are no records are passed over`() throws {
    let folder = try TemporaryFolder()
    let noise =
      "qunfa-answer\nqunfa-answer 1 1 200 99999999999 00\nqunfa-answer 9 9 9 -1 00\n\u{0}\u{0}\n\nqunfa-answer 1 1 200 3 00\nabc\n"
    try folder.write("answers.log", noise)
    try write([(1, 1, 200, [65])], in: folder)
    #expect(try AnswerLog.answers(in: folder.path, to: [1: 1, 9: 9])[1]?.body == [65])
  }

  @Test func `a body that holds a record is one body`() throws {
    let folder = try TemporaryFolder()
    let forged = "x\nqunfa-answer 2 1 200 2 \(Digest.hex(Digest.sha256(Array("ok".utf8))))\nok\n"
    try write([(1, 1, 200, Array(forged.utf8)), (3, 1, 200, [65])], in: folder)
    let found = try AnswerLog.answers(in: folder.path, to: [1: 1, 2: 1, 3: 1])
    #expect(found.keys.sorted() == [1, 3])
    #expect(found[1]?.body.text == forged)
  }

  @Test func `a large answer and many small ones`() throws {
    let folder = try TemporaryFolder()
    var entries: [Entry] = (1...500).map { ($0, 1, 200, Array("answer \($0)".utf8)) }
    entries.insert((501, 1, 200, [UInt8](repeating: 10, count: 3_000_000)), at: 250)
    try write(entries, in: folder)
    let found = try AnswerLog.answers(in: folder.path, to: Dictionary(uniqueKeysWithValues: (1...501).map { ($0, 1) }))
    #expect(found.count == 501 && found[501]?.body.count == 3_000_000 && found[500]?.body.text == "answer 500")
  }
}
