public import Platform

/// What SQLite refused.
public struct DatabaseError: Explained, Equatable {
  /// SQLite's extended result code, e.g. 13 for a full disk.
  public var code: Int32
  /// SQLite's own words; never holds values, because values are always bound.
  public var message: String
  public var path: String
  /// What was being done: `open`, `commit`, or the SQL.
  public var operation: String

  public init(code: Int32, message: String, path: String, operation: String) {
    self.code = code
    self.message = message
    self.path = path
    self.operation = operation
  }

  /// The result code without its details.
  public var primaryCode: Int32 { code & 0xFF }
  /// The disk is full or failing: nothing may be sent any more.
  public var isStorageFault: Bool { [7, 8, 10, 11, 13, 14, 26].contains(primaryCode) }

  public var diagnostic: Diagnostic {
    let advice =
      switch primaryCode {
      case 13: "Make room on the disk, then run the same command again: it goes on where it stopped."
      case 10: "The disk reported a fault. Check it before running the same command again."
      case 8, 14: "Check the owner and the mode of the file and its folder."
      case 11, 26: "The file is damaged. Put back a copy of the folder, or ask for help; nothing more is sent from it."
      case 5, 6: "Another program has the file open. Close it and run the same command again."
      default: "This is a fault of qunfa or of the file. Nothing was sent after it."
      }
    return Diagnostic("\(operation) failed: \(message) (SQLite \(code))", at: Place(file: path), next: advice)
  }
}
