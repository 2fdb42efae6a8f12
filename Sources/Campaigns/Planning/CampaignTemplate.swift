public import Configuration
import Mustache
import Platform

/// A campaign's template, compiled, with the digests of the files it came from.
public struct CampaignTemplate: Sendable {
  private let template: Template
  private let missing: MissingValue
  /// The template file and its partials with their SHA-256; none when the text stands in campaign.toml itself.
  public let files: [(name: String, sha256: String)]
  /// Where a text stands that is no file of its own.
  private let inline: Place?

  public init(_ message: CampaignFile.Message) throws(RunError) {
    switch message.source {
    case .text(let text, let place):
      template = try onTemplate(inline: place) { () throws(TemplateError) in
        try Template.compile(Array(text.utf8), file: place.file, reading: .exact)
      }
      files = []
      inline = place
    case .template(let file):
      let bytes = try mapping({ () throws(FileError) in try Files.read(file.path, limit: Limits.templateBytes) }) {
        RunError(
          .usage,
          Diagnostic(
            "cannot read the template '\(file.name)': \(systemMessage($0.number))", at: file.place,
            expected: "a Mustache file, relative to the workspace"))
      }
      template = try onTemplate { () throws(TemplateError) in
        try Template.compile(bytes, file: file.path, partials: .folder(Files.parent(of: file.path)))
      }
      var files = [(name: file.name, sha256: Digest.hex(Digest.sha256(bytes)))]
      for path in template.paths.dropFirst() {
        files.append((Files.join(Files.parent(of: file.name), Files.name(of: path)), try Manifest.digest(of: path)))
      }
      self.files = files
      inline = nil
    }
    missing = message.missing == .empty ? .empty : .reject
  }

  /// Fits the template to a table's header.
  func bind(to header: [String], of path: String) throws(RunError) -> RowTemplate {
    do throws(TemplateError) { return try template.bind(columns: header, missing: missing) } catch {
      var diagnostic = located(error.diagnostic, inline)
      guard error.kind == .unknownColumn else { throw RunError(.usage, diagnostic) }
      diagnostic.next = (diagnostic.next.map { $0 + "\n  " } ?? "") + "The table is \(path)."
      throw RunError(.input, diagnostic)
    }
  }
}

private func onTemplate<Result>(
  inline: Place? = nil, _ body: () throws(TemplateError) -> Result
) throws(RunError) -> Result {
  try mapping(body) { RunError(.usage, located($0.diagnostic, inline)) }
}

/// A fault in a text that stands in the campaign file: the file's place, and the place within the text in words, since
/// escapes make its columns differ from the file's.
private func located(_ diagnostic: Diagnostic, _ inline: Place?) -> Diagnostic {
  guard let inline else { return diagnostic }
  var diagnostic = diagnostic
  if let line = diagnostic.place?.line, let column = diagnostic.place?.column {
    diagnostic.found += " (line \(line), column \(column) of the text)"
  }
  diagnostic.place = inline
  return diagnostic
}
