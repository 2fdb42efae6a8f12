public import Platform

/// Why a table cannot be read or written at all. A damaged record is not an error but a record with a `fault`.
public struct TableError: Explained, Equatable {
  /// What is wrong with the file.
  public enum Code: String, Sendable, CaseIterable {
    case file, unknownFormat
    case unknownEncoding, encodingContradicts
    case unknownDelimiter
    case noHeader, damagedHeader, missingColumn, doubledColumn, tooManyColumns
    case notGzip, unexpectedGzip, gzipTruncated, gzipDamaged, gzipTrailing
    case doctype, notXML, xmlBound, noRecordName, noRecord, nestedRecord, changed
  }

  public let code: Code
  public let diagnostic: Diagnostic

  init(_ code: Code, _ found: String, at place: Place, expected: String? = nil, next: String? = nil) {
    self.code = code
    diagnostic = Diagnostic(found, at: place, expected: expected, next: next)
  }

  init(_ error: FileError) {
    code = .file
    diagnostic = error.diagnostic
  }
}

/// Runs a file operation, its error turned into this module's.
func onFile<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(TableError) -> Result {
  do { return try body() } catch { throw TableError(error) }
}
