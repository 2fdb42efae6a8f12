import Configuration
import Platform
import Tables

/// The contact files read once more, for the columns that only they have.
struct ContactRows: ~Copyable {
  private let campaign: CampaignFile
  /// The columns of all files in order of first appearance.
  let header: [String]
  /// The digests of the files as they were read, by name; complete after `forEachRow`.
  private(set) var digests: [String: String] = [:]

  init(_ campaign: CampaignFile) throws(RunError) {
    self.campaign = campaign
    var header: [String] = []
    for file in campaign.contacts.files {
      let columns = try ContactRows.open(file, campaign).header
      for name in columns where !header.contains(name) { header.append(name) }
    }
    // An earlier failed.csv sent as a contact file: its three last columns are written anew.
    self.header = header.suffix(3) == ["state", "code", "meaning"] ? header.dropLast(3) : header
  }

  private static func open(_ file: WorkspaceFile, _ campaign: CampaignFile) throws(RunError) -> TableReader {
    try onTable { () throws(TableError) in
      try TableReader(path: file.path, options: campaign.contacts.options(digest: true))
    }
  }

  /// Calls `body` for every row, numbered through, with the places of the common header's columns in its fields.
  mutating func forEachRow(_ body: (Int, borrowing Fields, [Int?]) throws(RunError) -> Void) throws(RunError) {
    var fields = Fields()
    var row = 0
    for file in campaign.contacts.files {
      var reader = try ContactRows.open(file, campaign)
      let own = reader.header
      let places = header.map { own.firstIndex(of: $0) }
      while try onTable({ () throws(TableError) in try reader.next(into: &fields) }) {
        row += 1
        try body(row, fields, places)
      }
      digests[file.name] = reader.digest.map(Digest.hex)
    }
  }
}
