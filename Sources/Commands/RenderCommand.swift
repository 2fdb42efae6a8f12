import Campaigns
import JSON
import Mustache
import Platform

extension Command {
  static let render = Command(
    name: "render", caption: "Merges one template over a JSON file and prints the text, for template authors",
    operands: "", operandCount: 0...0,
    options: [
      Option("--template", value: "FILE", "The template"),
      Option("--data", value: "FILE.json", "The values: any JSON; - reads standard input"),
      Option("--partials", value: "DIR", "Where the partials NAME.mustache lie (default: beside the template)"),
      Option("--html", "Escapes & < > \" ' in values"),
      Option("--strict", "A value, or a partial, that is missing is an error instead of nothing"),
    ],
    details: """
      Needs no qunfa.toml. Prints the text and nothing else: no line feed is added.
      Exit codes: 2 the template cannot be used, 3 the data cannot be read or does not fit the template.
      With --json the text is the member 'text' of one JSON object. docs/templates.md describes the language.
      """,
    example: "qunfa render --template templates/hello.mustache --data templates/hello.json"
  ) { (invocation) throws(RunError) in
    let template = try invocation.template()
    let data = try invocation.data()
    var text = ByteBuffer()
    do throws(MergeFault) {
      try template.render(
        data: data, html: invocation.has("--html"), strict: invocation.has("--strict"), into: &text)
    } catch { throw RunError(.input, error.diagnostic) }
    if invocation.wantsJSON {
      invocation.console.print(JSON.object([.init("text", .string(text.span.text))]).serialized)
    } else {
      do throws(FileError) { try writeToStandardOutput(text.span) } catch {
        throw RunError(.internalError, error.diagnostic)
      }
    }
    return .done
  }
}

extension Invocation {
  fileprivate func template() throws(RunError) -> Template {
    let path = inFolder(try required("--template"))
    let partials = value("--partials").map(inFolder) ?? Files.parent(of: path)
    guard Files.isFolder(partials) else {
      throw RunError(.usage, Diagnostic("no folder of partials", at: Place(file: partials), expected: "a folder"))
    }
    let source: [UInt8]
    do throws(FileError) { source = try Files.read(path, limit: Limits.templateBytes) } catch {
      throw RunError(.usage, error.diagnostic)
    }
    do throws(TemplateError) { return try Template.compile(source, file: path, partials: .folder(partials)) } catch {
      throw RunError(.usage, error.diagnostic)
    }
  }

  fileprivate func data() throws(RunError) -> JSON {
    let name = try required("--data")
    let path = name == "-" ? "/dev/stdin" : inFolder(name)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Files.read(path, limit: Limits.renderDataBytes, as: name == "-" ? .stream : .read)
    } catch {
      throw RunError(.input, error.diagnostic)
    }
    // People save JSON with a byte order mark, which RFC 8259 lets a reader pass over.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    do throws(JSONError) { return try JSON(parsing: text) } catch {
      throw RunError(.input, error.diagnostic(of: text, file: path))
    }
  }

  /// A path of the command line, which `-C` moves.
  func inFolder(_ path: String) -> String { Files.join(folder, path) }
}

extension JSONError {
  /// The fault with line and column instead of a byte's number.
  func diagnostic(of text: [UInt8], file: String) -> Diagnostic {
    let before = text.prefix(offset)
    let line = before.count { $0 == 0x0A } + 1
    let column = before.suffix(from: before.lastIndex(of: 0x0A).map { $0 + 1 } ?? before.startIndex)
    return Diagnostic(
      "this is not JSON", at: Place(file: file, line: line, column: Array(column).text.count + 1),
      expected: "a JSON text (RFC 8259)")
  }
}
