import Platform
import TestSupport
import Testing

/// The house rules (CONTRIBUTING.md) as far as a reader of lines can see them.
@Suite struct TidyTests {
  @Test func `the sources are found`() { #expect(SourceFile.all.count > 100) }

  // MARK: Size

  @Test func `no file is longer than 400 lines`() {
    expectNone(SourceFile.all.filter { $0.lines.count > 400 }.map { "\($0.path): \($0.lines.count) lines" })
  }

  /// A literal text stands as it is told to people; `swift format` does not break it either.
  @Test func `no line is longer than 120 characters, literal texts apart`() {
    expectNone(
      SourceFile.all.flatMap { file in
        file.code.filter { line in
          let whole = file.lines[line.number - 1]
          return whole.utf8.count > 120 && whole.count > 120
            && (line.text.count > 120 || whole.trimmed.hasPrefix("//"))
        }.map { file.place($0.number) }
      })
  }

  @Test func `no function is longer than 70 lines`() {
    expectNone(SourceFile.all.flatMap { file in Functions.longerThan(70, in: file) })
  }

  // MARK: Words

  static let banned: [(word: String, reason: String)] = [
    ("TODO", "an issue is the place for it"), ("FIXME", "fix it, or open an issue"),
    ("fatalError", "a batch tool ends with an exit code"), ("try!", "handle the error"), ("as!", "cast with as?"),
    ("import Foundation", "start-up time and memory (docs/architecture.md)"),
  ]

  @Test(arguments: banned)
  func `words that do not belong here`(_ ban: (word: String, reason: String)) {
    let isComment = ban.word == "TODO" || ban.word == "FIXME"
    expectNone(
      SourceFile.all.flatMap { file in
        isComment
          ? file.lines.indices.filter { file.lines[$0].has(ban.word) }.map { file.place($0 + 1) }
          : file.code.filter { $0.text.has(ban.word) }.map { file.place($0.number) }
      })
  }

  @Test func `only commands print`() {
    expectNone(
      SourceFile.all.filter { !["Commands", "qunfa"].contains($0.module) }.flatMap { file in
        file.code.filter { $0.text.has("(") }.filter {
          $0.text.contains(/(^|[^.\w])(print|debugPrint|dump)\(/) && !$0.text.contains("func ")
        }
        .map { file.place($0.number) }
      })
  }

  @Test func `what the compiler cannot check says why it holds`() {
    expectNone(
      SourceFile.all.flatMap { file in
        file.code.filter { line in
          ["@unchecked Sendable", "nonisolated(unsafe)", "@safe "].contains { line.text.has($0) }
        }
        .filter { !file.hasCommentAbove($0.number) }.map { file.place($0.number) }
      })
  }

  // MARK: Words for readers

  @Test func `every public type and function has a doc comment`() {
    expectNone(
      SourceFile.all.flatMap { file in
        file.code.filter { Documentation.needsOne($0.text) && !file.hasCommentAbove($0.number) }
          .map { file.place($0.number) }
      })
  }

  private func expectNone(
    _ places: [String], except exceptions: [String: String] = [:], at location: SourceLocation = #_sourceLocation
  ) {
    let (broken, unneeded) = Exceptions(exceptions).judge(places)
    #expect(broken == [], "\(broken.count) places:\n\(broken.joined(separator: "\n"))", sourceLocation: location)
    #expect(unneeded == [], "exceptions that nothing needs", sourceLocation: location)
  }
}

/// Functions, found by the indentation that `swift format` gives them.
private enum Functions {
  static func longerThan(_ most: Int, in file: SourceFile) -> [String] {
    var found: [String] = []
    let code = file.code.filter { !$0.text.utf8.allSatisfy { $0 == 0x20 } }
    for (index, line) in code.enumerated() {
      guard ["func ", "init", "deinit"].contains(where: { line.text.has($0) }) else { continue }
      guard line.text.contains(/^ *([a-z@(). ]* )?(func |init[?(<]|deinit )/), !line.text.hasSuffix("}") else {
        continue
      }
      let indentation = line.text.indentation
      let rest = code[(index + 1)...]
      // A requirement of a protocol has no body: something else begins at its indentation first.
      let next = rest.first { $0.text.indentation <= indentation && !$0.text.trimmed.hasPrefix(")") }
      guard let next, next.text.trimmed.hasPrefix("}") else { continue }
      let length = next.number - line.number + 1
      if length > most { found.append("\(file.path):\(line.number): \(length) lines") }
    }
    return found
  }
}

/// Which declarations must say what they are: types and functions whose body does not stand beside them on the line,
/// unless they are what a protocol of the house asks for, which says it there.
private enum Documentation {
  /// The functions that public protocols ask for.
  static let required: Set<String> = {
    var names: Set<String> = ["==", "<", "hash", "encode"]
    for file in SourceFile.all {
      var isInside = false
      for line in file.code {
        if line.text.has("public protocol ") { isInside = true }
        if line.text.hasPrefix("}") { isInside = false }
        guard isInside, line.text.has("func "), let name = line.text.firstMatch(of: /func (\w+)/) else { continue }
        names.insert(String(name.output.1))
      }
    }
    return names
  }()

  static func needsOne(_ line: String) -> Bool {
    guard line.has("public "), !line.hasSuffix("}") else { return false }
    guard
      let match = line.firstMatch(
        of:
          /^ *(?:@\w+(?:\([^)]*\))? )*public (?:(?:final|static|mutating|consuming|borrowing|indirect|private\(set\)) )*(func|struct|enum|class|protocol|typealias|actor) (\w+|[=<>+*\-\/]+)/
      )
    else { return false }
    return !required.contains(String(match.output.2))
  }
}

extension SourceFile {
  /// Whether a comment stands above a line, with nothing but attributes between, or at its end.
  func hasCommentAbove(_ number: Int) -> Bool {
    if lines[number - 1].contains("// ") { return true }
    var index = number - 2
    while index >= 0, lines[index].trimmed.hasPrefix("@"), !lines[index].contains(" struct ") { index -= 1 }
    return index >= 0 && lines[index].trimmed.hasPrefix("//")
  }
}
