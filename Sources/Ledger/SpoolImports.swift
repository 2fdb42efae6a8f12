import JSON
public import Platform

/// Takes files with reports into the spool.
public enum SpoolImports {
  /// Copies a file beside the spool under the name of its digest and notes that it came; durable when this returns.
  ///
  /// - Parameter folder: the workspace's data folder.
  /// - Returns: false when the same bytes were taken in before for this account: nothing changes then.
  public static func add(
    _ path: String, account: String, digest: [UInt8], folder: String, at moment: Timestamp
  ) throws(LedgerError) -> Bool {
    try fileErrors { () throws(FileError) in
      let spool = spoolFolder(in: folder)
      try Files.makeFolder(spool)
      let copy = "\(SpoolEntry.Source.import.label)-\(account)-\(Digest.hex(digest))" + ending(of: path)
      // The frame's file is named after the bytes as well, so that whoever comes second finds it.
      let note = "\(spool)/\(copy).noted"
      if try Files.isThere(note) { return false }
      try Files.copy(path, to: "\(spool)/\(copy)")
      let file = try SpoolFile(folder: folder, label: SpoolEntry.Source.import.label, at: moment)
      let members = [JSON.Member("account", .string(account))] + SpoolFrame.moment(moment)
      try file.write(SpoolFrame.encode(.import, members, Array(copy.utf8).span))
      try file.synchronize()
      try Files.replace(note, with: Array((Files.name(of: file.path) + "\n").utf8))
      return true
    }
  }

  /// What a name says about the file's format: `.csv`, `.csv.gz`.
  private static func ending(of path: String) -> String {
    let words = Files.name(of: path).split(separator: ".").dropFirst().map { $0.lowercased() }
    return words.suffix(words.last == "gz" ? 2 : 1).map { "." + $0 }.joined()
  }
}
