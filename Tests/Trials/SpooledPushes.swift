import JSON
import Platform
import TestSupport

/// Pushes as the spool keeps them, read by the trials' own means.
struct SpooledPushes {
  /// One push.
  struct Push {
    var account: String
    var method: String
    var query: String
    var contentType: String
    var body: [UInt8]
  }

  private(set) var all: [Push] = []
  /// Bytes of the files.
  private(set) var bytes = 0

  /// - Parameter data: the workspace's data folder.
  init(_ data: String) throws {
    let folder = data + "/spool"
    for name in Files.names(in: folder).sorted() where name.hasSuffix(".spool") {
      let bytes = try Files.read(folder + "/" + name, limit: 1 << 32)
      self.bytes += bytes.count
      var start = 0
      while let end = bytes[start...].firstIndex(of: 0x0A) {
        let words = String(decoding: bytes[start..<end], as: UTF8.self).split(separator: " ", maxSplits: 4)
        guard words.count == 5, words[0] == "qunfa-spool", let length = Int(words[2]), end + length < bytes.count
        else { break }
        let meta = try JSON(parsing: String(words[4]))
        if words[1] == "push" {
          all.append(
            Push(
              account: meta["account"]?.text ?? "", method: meta["method"]?.text ?? "",
              query: meta["query"]?.text ?? "", contentType: meta["content_type"]?.text ?? "",
              body: Array(bytes[(end + 1)..<(end + 1 + length)])))
        }
        start = end + 2 + length
      }
    }
  }
}
