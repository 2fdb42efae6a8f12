import Glibc
import Platform

/// The tool that was built with the tests.
public enum BuiltTool {
  /// Its path: beside the test bundle.
  ///
  /// - Throws: `ChildError` that says how to build it.
  public static func path() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    let bundle = buffer.prefix(max(0, count)).reduce(into: [UInt8]()) { $0.append($1) }.text
    // `swift test` may load the bundle into a helper of the toolchain; then only the checkout tells where it lies.
    let candidates = [Files.parent(of: bundle), packageFolder + "/.build/debug"].map { $0 + "/qunfa" }
    guard let found = candidates.first(where: { Files.exists($0) && !Files.isFolder($0) }) else {
      throw ChildError(
        "there is no built tool at \(candidates.joined(separator: " or ")): run 'swift build --build-tests'")
    }
    return found
  }

  /// Starts the tool in `folder`.
  public static func start(
    _ arguments: [String], in folder: String, environment: [String] = []
  ) throws -> ChildProcess {
    try ChildProcess(path(), arguments, in: folder, environment: environment)
  }

  /// Runs the tool in `folder` to its end.
  public static func run(
    _ arguments: String..., in folder: String, environment: [String] = [], deadline: Double = 60
  ) throws -> ChildResult {
    try start(arguments, in: folder, environment: environment).wait(deadline: deadline)
  }
}
