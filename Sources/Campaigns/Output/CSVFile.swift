import Configuration
import Platform
import Tables

extension CSVWriter {
  /// A file of the workspace's encoding and line ends, written beside its name until it is finished.
  static func begin(_ path: String, _ configuration: Configuration, header: [String]) throws(RunError) -> CSVWriter {
    try onOutput { () throws(FileError) in try Files.makeFolder(Files.parent(of: path)) }
    return try onTable { () throws(TableError) in
      var writer = try CSVWriter(
        path: path, encoding: configuration.csvEncoding.rawValue, lineEnd: configuration.csvLineEnding == .crlf ? .crlf : .lf)
      for name in header { writer.field(name) }
      try writer.endRow()
      return writer
    }
  }
}
