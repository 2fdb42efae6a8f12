public import Database
public import Platform

/// What went wrong with a ledger.
public enum LedgerError: Explained {
  case database(DatabaseError)
  case file(FileError)
  /// The file is damaged: SQLite's first finding.
  case damaged(path: String, finding: String)
  /// The file was written by another version of qunfa.
  case version(path: String, found: Int64, known: Int64)

  /// Writing to disk failed: nothing may be sent any more.
  public var isStorageFault: Bool {
    switch self {
    case .database(let error): error.isStorageFault
    case .file: true
    case .damaged: true
    case .version: false
    }
  }

  public var diagnostic: Diagnostic {
    switch self {
    case .database(let error): error.diagnostic
    case .file(let error): error.diagnostic
    case .damaged(let path, let finding):
      Diagnostic(
        "the ledger is damaged: \(finding)", at: Place(file: path),
        next:
          "Nothing is sent from it. Put back a copy of its folder, or start a campaign with a new id for what is unsent."
      )
    case .version(let path, let found, let known):
      Diagnostic(
        "the ledger has version \(found)", at: Place(file: path), expected: "version \(known) or older",
        next: "Use the release of qunfa that wrote it.")
    }
  }
}

func ledgerErrors<Result: ~Copyable>(_ body: () throws(DatabaseError) -> Result) throws(LedgerError) -> Result {
  do throws(DatabaseError) { return try body() } catch { throw .database(error) }
}

func fileErrors<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(LedgerError) -> Result {
  do throws(FileError) { return try body() } catch { throw .file(error) }
}
