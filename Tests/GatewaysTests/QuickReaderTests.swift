import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

@Suite struct `The quick reader` {
  static let juhe = `Juhe answers`.list(`Juhe answers`.entry1, `Juhe answers`.entry2)
  static let emay = `Emay answers`.data(`Emay answers`.entry1, `Emay answers`.entry2)

  @Test(arguments: [(juhe, Juhe.form), (emay, Emay.form)])
  func `reads the usual answer as the general reader does`(_ text: String, _ form: AnswerForm) throws {
    let quick = QuickReader.read(Array(text.utf8), as: form)
    #expect(quick?.entries?.count == 2)
    #expect(try quick == form.readGenerally(Array(text.utf8)))
  }

  /// Damages usual answers byte by byte: where the quick reader still reads one, it must read what the general one
  /// does.
  @Test(arguments: [(juhe, Juhe.form), (emay, Emay.form)])
  func `never reads anything else`(_ text: String, _ form: AnswerForm) {
    var generator = SeededGenerator(seed: 20_171_028)
    let pieces = Array("{}[]\",:\\ \n0123456789-+.eE".utf8) + [0x00, 0x7F, 0x80, 0xE4, 0xFF]
    var stillRead = 0
    for _ in 0..<20_000 {
      var bytes = Array(text.utf8)
      for _ in 0...Int.random(in: 0..<3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let piece = pieces.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = piece
        case 1: bytes.insert(piece, at: place)
        case 2: bytes.remove(at: place)
        default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &generator))
        }
      }
      guard let quick = QuickReader.read(bytes, as: form) else { continue }
      stillRead += 1
      guard let general = try? form.readGenerally(bytes), general == quick else {
        Issue.record("the readers differ about a damaged answer")
        return
      }
    }
    #expect(stillRead > 1_000)
  }

  @Test func `leaves what is unusual to the general reader`() {
    for (old, new) in [
      ("\"status\"", "\"Status\""), ("]", ",]"), ("\"0\"", "\" 0\""), ("-153278040", "1.5"), ("4C2CA", "\\u0034C2CA"),
      ("\"balance\"", "\"status\""),
      ("-153278040", String(repeating: "9", count: 400)),
    ] {
      #expect(QuickReader.read(Array(Self.juhe.replacing(old, new).utf8), as: Juhe.form) == nil)
    }
  }
}
