import TestSupport
import Testing

@Suite struct RenderCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("t/hello.mustache", "您好{{姓名}}，{{>foot}}\n")
    try folder.write("t/foot.mustache", "回见\n")
    try folder.write("other/foot.mustache", "再会")
    try folder.write("data.json", "{\"姓名\": \"<王>\"}")
    try folder.write("empty.json", "{}")
  }

  private func render(_ arguments: String...) throws -> ChildResult {
    try BuiltTool.start(["render", "--template", "t/hello.mustache"] + arguments, in: folder.path).wait()
  }

  @Test func `the text comes alone, without a line feed that the template has not`() throws {
    let result = try render("--data", "data.json")
    #expect(result.output == "您好<王>，回见")
    #expect(result.errors == "")
    #expect(result.exitCode == 0)
  }

  @Test func `values are escaped on demand`() throws {
    #expect(try render("--data", "data.json", "--html").output == "您好&lt;王&gt;，回见")
  }

  @Test func `partials come from the folder that is named`() throws {
    #expect(try render("--data", "data.json", "--partials", "other").output == "您好<王>，再会")
  }

  @Test func `paths are relative to the folder of -C`() throws {
    let result = try BuiltTool.run(
      "-C", folder.path, "render", "--template", "t/hello.mustache", "--data", "data.json", in: "/")
    #expect(result.output == "您好<王>，回见")
  }

  @Test func `data may come from standard input, with a byte order mark`() throws {
    try folder.write("marked.json", "\u{FEFF}{\"姓名\":\"李\"}")
    let tool = try BuiltTool.path()
    let result = try ChildProcess(
      "/bin/sh", ["-c", "'\(tool)' render --template t/hello.mustache --data - < marked.json"], in: folder.path
    ).wait()
    #expect(result.output == "您好李，回见")
  }

  @Test func `a missing value is nothing, and with --strict a fault`() throws {
    #expect(try render("--data", "empty.json").output == "您好，回见")
    let strict = try render("--data", "empty.json", "--strict")
    #expect(strict.exitCode == 3)
    #expect(strict.output == "")
    #expect(strict.errors.hasPrefix("t/hello.mustache:1:3: error: "))
  }

  @Test func `JSON holds the text`() throws {
    #expect(try render("--data", "data.json", "--json").output == "{\"text\":\"您好<王>，回见\"}\n")
  }

  @Test func `a template that is broken or missing ends with 2`() throws {
    try folder.write("t/hello.mustache", "行\n您好{{姓名")
    let broken = try render("--data", "data.json")
    #expect(broken.exitCode == 2)
    #expect(broken.errors.hasPrefix("t/hello.mustache:2:3: error: "))
    let missing = try BuiltTool.run(
      "render", "--template", "none.mustache", "--data", "data.json", in: folder.path)
    #expect(missing.exitCode == 2)
    #expect(missing.errors.hasPrefix("none.mustache: error: cannot open: No such file"))
  }

  @Test func `data that is no JSON or missing ends with 3`() throws {
    try folder.write("bad.json", "{\n \"姓名\": oops}")
    let bad = try render("--data", "bad.json")
    #expect(bad.exitCode == 3)
    #expect(bad.errors.hasPrefix("bad.json:2:"))
    #expect(bad.errors.contains("error: this is not JSON; expected a JSON text (RFC 8259)"))
    let missing = try render("--data", "none.json")
    #expect(missing.exitCode == 3)
  }

  @Test func `options that are missing end with 2`() throws {
    let result = try render()
    #expect(result.exitCode == 2)
    #expect(result.errors == "qunfa: error: the option --data is missing\n  See 'qunfa render --help'.\n")
  }
}
