public import Configuration
import Mustache
import Platform

/// A campaign's template, compiled, with the digests of the files it came from.
public struct CampaignTemplate: Sendable {
  private let template: Template
  private let missing: MissingValue
  /// The template file's name and SHA-256; none when the text stands in campaign.toml itself.
  public let files: [(name: String, sha256: String)]

  public init(_ message: CampaignFile.Message) throws(RunError) {
    switch message.source {
    case .text(let text, let place):
      template = try onTemplate { () throws(TemplateError) in
        try Template.compile(Array(text.utf8), file: place.description, reading: .exact)
      }
      files = []
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
      files = [(file.name, Digest.hex(Digest.sha256(bytes)))]
    }
    missing = message.missing == .empty ? .empty : .reject
  }

  /// Fits the template to a table's header.
  func bind(to header: [String], of path: String) throws(RunError) -> RowTemplate {
    do throws(TemplateError) { return try template.bind(columns: header, missing: missing) } catch {
      var diagnostic = error.diagnostic
      guard error.kind == .unknownColumn else { throw RunError(.usage, diagnostic) }
      diagnostic.next = (diagnostic.next.map { $0 + "\n  " } ?? "") + "The table is \(path)."
      throw RunError(.input, diagnostic)
    }
  }
}

private func onTemplate<Result>(_ body: () throws(TemplateError) -> Result) throws(RunError) -> Result {
  try mapping(body) { RunError(.usage, $0.diagnostic) }
}
