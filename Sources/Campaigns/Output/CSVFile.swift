import Configuration
import Platform
import Tables

extension CSVWriter {
  /// A file of the workspace's encoding and line ends, written beside its name until it is finished.
  static func begin(_ path: String, _ configuration: Configuration, header: [String]) throws(RunError) -> CSVWriter {
    try onOutput { () throws(FileError) in try Files.makeFolder(Files.parent(of: path)) }
    let format = CSVWriter.Format(
      encoding: CSVWriter.Encoding(rawValue: configuration.csvEncoding.rawValue) ?? .utf8BOM,
      lineEnd: configuration.csvLineEnding == .crlf ? .crlf : .lf)
    return try onWriting { () throws(TableError) in try CSVWriter.create(path, columns: header, format: format) }
  }
}
