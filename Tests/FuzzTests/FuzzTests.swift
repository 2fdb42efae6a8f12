import FuzzTargets
import Platform
import TestSupport
import Testing

/// The seeds of the fuzzer and every input that it ever found, through the same functions.
@Suite struct FuzzTests {
  /// The inputs kept for a target: `seeds` and `found`.
  private static func inputs(_ folder: String, of target: String) -> [(name: String, bytes: [UInt8])] {
    let path = packageFolder + "/Tests/Fuzz/\(folder)/\(target)"
    return Files.names(in: path).sorted().compactMap { name in
      (try? Files.read(path + "/" + name, limit: 1 << 24)).map { (folder + "/" + name, $0) }
    }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `no kept input breaks a property`(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let inputs = Self.inputs("seeds", of: name) + Self.inputs("found", of: name)
    #expect(!inputs.isEmpty, "no seeds for \(name)")
    for input in inputs { #expect(target.broken(input.bytes) == nil, "\(name) \(input.name)") }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `neither nothing nor noise breaks a property`(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    #expect(target.broken([]) == nil)
    var random = SeededGenerator(seed: 6)
    for length in 0..<40 {
      let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(target.broken(noise) == nil, "\(noise)")
    }
  }

  @Test func `every folder of inputs has its target`() {
    for folder in ["seeds", "found"] {
      for name in Files.names(in: packageFolder + "/Tests/Fuzz/" + folder) {
        #expect(FuzzTarget.named(name) != nil, "\(folder)/\(name)")
      }
    }
  }
}
