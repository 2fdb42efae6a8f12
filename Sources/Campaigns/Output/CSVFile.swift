package import Configuration
import Platform
package import Tables

extension CSVWriter {
  /// A file of the workspace's encoding and line ends, written beside its name until it is finished.
  package static func begin(_ path: String, _ configuration: Configuration, header: [String]) throws(RunError)
    -> CSVWriter
  {
    try onOutput { () throws(FileError) in try Files.makeFolder(Files.parent(of: path)) }
    let format = CSVWriter.Format(
      encoding: CSVWriter.Encoding(rawValue: configuration.csvEncoding.rawValue) ?? .utf8BOM,
      lineEnd: configuration.csvLineEnding == .crlf ? .crlf : .lf)
    return try onWriting { () throws(TableError) in try CSVWriter.create(path, columns: header, format: format) }
  }
}

/// Runs `body`, its table error turned into a run's.
package func onTable<Result: ~Copyable>(_ body: () throws(TableError) -> Result) throws(RunError) -> Result {
  do throws(TableError) { return try body() } catch { throw RunError(.input, error.diagnostic) }
}

/// Runs `body`, which writes a table: its error is the disk's, not an input file's.
package func onWriting<Result: ~Copyable>(_ body: () throws(TableError) -> Result) throws(RunError) -> Result {
  do throws(TableError) { return try body() } catch { throw RunError(.gatewayStopped, error.diagnostic) }
}
