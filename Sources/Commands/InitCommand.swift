import Campaigns
import Glibc
import JSON
import Platform

extension Command {
  static let initialize = Command(
    name: "init", caption: "Makes a workspace that works at once against 'qunfa sandbox'",
    operands: "[DIR]", operandCount: 0...1,
    details: """
      Writes qunfa.toml (mode 0600, all five gateways), a campaign, contacts, a template and a suppression list into DIR
      (default: the current folder). Overwrites nothing: when one of the files is there, nothing is written.
      """,
    example: "qunfa init first"
  ) { (invocation) throws(RunError) in
    let folder = invocation.operands.first.map(invocation.inFolder) ?? invocation.folder
    try SampleWorkspace.write(into: folder)
    if invocation.wantsJSON {
      let files = SampleWorkspace.files.map { JSON.string($0.name) }
      invocation.console.print(
        JSON.object([.init("folder", .string(folder)), .init("files", .array(files))]).serialized)
    } else {
      invocation.console.print(words(folder))
    }
    return .done
  }

  private static func words(_ folder: String) -> String {
    let tool = folder == "." ? "qunfa" : "qunfa -C \(quoted(folder))"
    return """
      The workspace is ready in \(folder == "." ? "this folder" : folder):
      \(SampleWorkspace.files.map { "  \($0.name)" }.joined(separator: "\n"))

      Next, the first one in a terminal of its own:
        qunfa sandbox
        \(tool) plan campaign.toml
        \(tool) send campaign.toml
      """
  }

  /// A path as a shell takes it.
  private static func quoted(_ path: String) -> String {
    let plain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), 0x80...:
        true
      default: false
      }
    }
    return plain
      ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension SampleWorkspace {
  /// Writes all files or none: what is there already is named and stays as it is.
  static func write(into folder: String) throws(RunError) {
    let there = files.map(\.name).filter { isTaken(Files.join(folder, $0)) }
    guard there.isEmpty else {
      throw RunError(
        .usage,
        Diagnostic(
          "there is a \(there.joined(separator: ", ")) already", at: Place(file: folder),
          expected: "a folder without a workspace",
          next: "Nothing was written. Name another folder: 'qunfa init DIR'."))
    }
    do throws(FileError) {
      for file in files {
        let path = Files.join(folder, file.name)
        try Files.makeFolder(Files.parent(of: path))
        try Files.create(path, with: Array(file.text.utf8))
      }
    } catch { throw RunError(.usage, error.diagnostic) }
  }

  /// Whether something has that name, a link to nowhere included.
  private static func isTaken(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }
}
