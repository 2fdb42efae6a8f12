import JSON
import Mustache
import Platform
import TestSupport
import Testing

@Suite struct PartialsTests {
  private func render(_ template: String, _ folder: String, _ data: JSON = [:]) throws -> String {
    var buffer = ByteBuffer()
    try Template.compile(Array(template.utf8), file: "t.mustache", partials: .folder(folder))
      .render(data: data, into: &buffer)
    return buffer.span.text
  }

  @Test func `partials are the files beside the template`() throws {
    let folder = try TemporaryFolder()
    try folder.write("问候.mustache", "您好{{name}}\n")
    try folder.write("other.txt", "no")
    #expect(try render("{{>问候}}！{{>other}}", folder.path, ["name": "Li"]) == "您好Li！")
    #expect(try render("[{{>*which}}]", folder.path, ["which": "问候", "name": "Li"]) == "[您好Li]")
  }

  @Test func `nothing outside of the folder is read`() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret.mustache", "secret")
    try folder.write("inner/.hidden.mustache", "hidden")
    #expect(try render("[{{>../secret}}{{>.hidden}}]", folder.path + "/inner") == "[]")
  }

  @Test func `a fault names the partial's file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("p.mustache", "\n {{x|nope}}")
    #expect(fault { _ = try render("{{>p}}", folder.path) }.hasPrefix(path + ":2:6: error: unknown formatter 'nope'"))
  }

  @Test func `a partial that is too large is an error`() throws {
    let folder = try TemporaryFolder()
    try folder.write("p.mustache", [UInt8](repeating: 0x20, count: Limits.templateBytes + 1))
    #expect(
      fault { _ = try render("{{>p}}", folder.path) }.contains("p.mustache: error: cannot read more than 262144 bytes"))
  }
}
