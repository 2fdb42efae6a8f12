import Configuration
import Ledger
import Platform
import Testing

@testable import Delivery

/// The intake of a real spool whose writer changes its files, killed in between.
@Suite struct SpoolRotationIntakeTests {
  /// The spool of a workspace, and an intake that dies before some entry of it.
  private final class DyingReader: SpoolSource {
    private let reader: SpoolReader
    private var left: Int

    init(_ data: String, after entries: Int) {
      reader = SpoolReader(folder: data)
      left = entries
    }

    func names() throws(LedgerError) -> [String] { try reader.names() }

    func length(_ name: String) throws(LedgerError) -> Int { try reader.length(name) }

    func read(
      _ name: String, from offset: Int, _ body: (SpoolEntry) throws(LedgerError) -> Void
    ) throws(LedgerError) -> (next: Int, isFinished: Bool) {
      try reader.read(name, from: offset) { (entry) throws(LedgerError) in
        left -= 1
        guard left >= 0 else { throw .file(FileError("read", name, number: 5)) }
        try body(entry)
      }
    }

    func entry(_ name: String, at offset: Int) throws(LedgerError) -> SpoolEntry? {
      try reader.entry(name, at: offset)
    }
  }

  /// A youe page of three reports; all pages differ.
  private func page(_ number: Int) -> String {
    (0..<3).map { "1380000\(1000 + number * 3 + $0)/2026-11-11 09:59:00/12345678901234567890/DELIVRD/\n" }.joined()
  }

  @Test(arguments: [1, 2, 3, 4], [1, 4, 1000])
  func `each report is taken in once, wherever the intake dies`(life: Int, recordsAtOnce: Int) throws {
    let fixture = try IntakeFixture()
    let spool = SpoolFetches(folder: fixture.data, account: "y", fileBytes: 1200)
    let pages = 24
    var taken = 0
    var deaths = 0
    func intake(after entries: Int) throws {
      let reader = DyingReader(fixture.data, after: entries)
      do throws(LedgerError) {
        taken += try Intake(fixture.configuration, spool: reader, recordsAtOnce: recordsAtOnce).run(
          now: IntakeFixture.time + 3600, wait: 0
        ).counts.reports
      } catch { deaths += 1 }
    }
    for number in 0..<pages {
      try spool.begin("reports", at: IntakeFixture.time + Double(number))
      spool.piece(Array(page(number).utf8).span)
      try spool.end(status: 200, isWhole: true, at: IntakeFixture.time + Double(number) + 0.5)
      // Every other life is long enough to come to the end of a file that is still written.
      if number % 5 == 4 { try intake(after: number % 2 == 0 ? life : .max) }
    }
    spool.close()
    #expect(try SpoolReader(folder: fixture.data).names().count > 4)
    try intake(after: life)
    try intake(after: .max)
    #expect(deaths > 0)
    #expect(try fixture.rows("SELECT count(*), count(DISTINCT number) FROM reports", cells: 2) == ["72|72"])
    #expect(try fixture.rows("SELECT count(*) FROM losses") == ["0"])
    #expect(try fixture.rows("SELECT count(*) FROM spools WHERE finished = 0") == ["0"])
    let before = try fixture.dump()
    try intake(after: .max)
    #expect(try fixture.dump() == before)
  }
}
