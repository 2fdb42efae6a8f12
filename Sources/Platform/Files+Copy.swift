extension Files {
  /// Copies a file of any length beside its new name, makes it durable and renames it.
  public static func copy(_ from: String, to path: String) throws(FileError) {
    let source = try File(from, .read)
    let beside = path + ".part"
    let file = try File(beside, .write)
    var buffer = ByteBuffer(capacity: Limits.readBytes)
    while try source.read(into: &buffer) > 0 {
      try file.write(buffer.span)
      buffer.clear()
    }
    try file.synchronize()
    try file.close()
    try move(beside, to: path)
  }
}
