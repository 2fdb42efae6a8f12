public import Configuration
import Mustache
public import Platform

/// A campaign's template, compiled, with the digests of the files it came from.
public struct CampaignTemplate: Sendable {
  private let template: Template
  private let missing: MissingValue
  /// The template file's name and SHA-256; none when the text stands in campaign.toml itself.
  public let files: [(name: String, sha256: String)]

  public init(_ message: CampaignFile.Message, workspace: Configuration) throws(RunError) {
    do throws(TemplateError) {
      switch message.source {
      case .text(let text, let place):
        template = try Template.compile(Array(text.utf8), file: place.description, reading: .exact)
        files = []
      case .template(let file):
        let bytes: [UInt8]
        do throws(FileError) {
          bytes = try Files.read(file.path, limit: Limits.templateBytes)
        } catch {
          throw RunError(
            .usage,
            Diagnostic(
              "cannot read the template '\(file.name)': \(systemMessage(error.number))", at: file.place,
              expected: "a Mustache file, relative to the workspace"))
        }
        let folder = Files.parent(of: file.path)
        template = try Template.compile(bytes, file: file.path, partials: .folder(folder))
        files = [(file.name, Digest.hex(Digest.sha256(bytes)))]
      }
    } catch let error as TemplateError {
      throw RunError(.usage, error.diagnostic)
    } catch { throw error }
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
