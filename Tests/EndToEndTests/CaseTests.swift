import Platform
import TestSupport
import Testing

/// The case folders: command line, inputs, expected outputs and exit codes.
@Suite struct CaseTests {
  static let all = CaseFolder.all(in: Files.parent(of: #filePath) + "/cases")

  @Test(arguments: all)
  func `does what its folder says`(_ folder: CaseFolder) throws { try folder.check() }

  @Test func `there are cases`() { #expect(Self.all.count > 50) }
}
