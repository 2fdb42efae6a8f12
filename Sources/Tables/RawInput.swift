import CZlib
import Platform

/// A file's bytes, unpacked when it is gzip, with the SHA-256 of what lies on disk.
struct RawInput: ~Copyable {
  let path: String
  /// Nil when the bytes are in memory.
  private let file: File?
  private var hasher: Digest.Hasher?
  private var gunzip: Gunzip
  private let isPacked: Bool
  /// The file's first bytes, read to see whether it is packed and not yet handed on.
  private var head: ByteBuffer?
  /// SHA-256 of the whole file, known once its end was reached.
  private(set) var digest: [UInt8]?

  init(path: String, format: TableFormat, digest: Bool) throws(TableError) {
    let file: File? = try onFile { () throws(FileError) in try File(path, .read) }
    var hasher = digest ? Digest.Hasher(.sha256) : nil
    var first = ByteBuffer(capacity: Limits.readBytes)
    var digest: [UInt8]?
    _ = try RawInput.readDisk(file, &hasher, &digest, into: &first)
    let magic = (0..<min(2, first.count)).map { first.span[$0] }
    let isPacked = magic == [0x1F, 0x8B]
    try RawInput.check(path, format, isPacked: isPacked, isEmpty: magic.isEmpty)
    self.init(path: path, file, hasher, digest, first, isPacked: isPacked)
  }

  private init(
    path: String, _ file: consuming File?, _ hasher: consuming Digest.Hasher?, _ digest: [UInt8]?,
    _ first: consuming ByteBuffer, isPacked: Bool
  ) {
    self.path = path
    self.file = file
    self.hasher = hasher
    self.digest = digest
    self.isPacked = isPacked
    if isPacked {
      gunzip = Gunzip(path: path, first)
      head = nil
    } else {
      gunzip = Gunzip(path: path, ByteBuffer())
      head = consume first
    }
  }

  /// Bytes in memory, taken as they are.
  init(bytes: consuming ByteBuffer, name: String) {
    self.init(path: name, nil, nil, nil, bytes, isPacked: false)
  }

  private static func check(
    _ path: String, _ format: TableFormat, isPacked: Bool, isEmpty: Bool
  ) throws(TableError) {
    if isPacked, !format.isCompressed, format.kind == .xml {
      throw TableError(
        .unexpectedGzip, "gzip data under the name of an XML file", at: Place(file: path), expected: "an XML document",
        next: "Unpack it, or let its name end in .xml.gz.")
    }
    if format.isCompressed, !isPacked {
      throw TableError(
        .notGzip, isEmpty ? "an empty file" : "no gzip data", at: Place(file: path), expected: "a gzip file",
        next: "Pack the file with gzip, or drop .gz from its name.")
    }
  }

  /// Appends up to `Limits.readBytes` bytes; 0 at the end.
  mutating func read(into buffer: inout ByteBuffer) throws(TableError) -> Int {
    if isPacked { return try unpack(into: &buffer) }
    if let head = head.take() {
      buffer.append(head.span)
      return head.count
    }
    return try RawInput.readDisk(file, &hasher, &digest, into: &buffer)
  }

  private mutating func unpack(into buffer: inout ByteBuffer) throws(TableError) -> Int {
    while true {
      let made = try gunzip.inflate(into: &buffer)
      if made > 0 { return made }
      guard gunzip.needsInput else { continue }
      gunzip.clear()
      if try RawInput.readDisk(file, &hasher, &digest, into: &gunzip.packed) == 0 {
        try gunzip.finish()
        return 0
      }
    }
  }

  private static func readDisk(
    _ file: borrowing File?, _ hasher: inout Digest.Hasher?, _ digest: inout [UInt8]?, into buffer: inout ByteBuffer
  ) throws(TableError) -> Int {
    let before = buffer.count
    let got: Int
    switch file {
    case .some(let file): do { got = try file.read(into: &buffer) } catch { throw TableError(error) }
    case .none: got = 0
    }
    if got > 0 {
      hasher?.update(buffer.span.extracting(before..<buffer.count))
    } else if let hasher = hasher.take() {
      digest = hasher.finish()
    }
    return got
  }
}

/// zlib's inflate for files of one or more gzip members (RFC 1952).
@safe struct Gunzip: ~Copyable {
  // On the heap, because zlib keeps a pointer to the stream and compares it with every call.
  private let stream: UnsafeMutablePointer<z_stream>
  private let path: String
  /// What was read of the file.
  var packed: ByteBuffer
  private var consumed = 0
  /// Whether a member has begun and not ended.
  private var isInside = true
  private var members = 0
  /// Whether `packed` has given all that it holds.
  private(set) var needsInput = false

  init(path: String, _ packed: consuming ByteBuffer) {
    self.path = path
    self.packed = packed
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    precondition(unsafe qunfa_inflate_init_gzip(stream) == Z_OK, "zlib has no memory")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Makes room for the next part of the file.
  mutating func clear() {
    packed.clear()
    consumed = 0
    needsInput = false
  }

  /// Checks that the file may end here.
  func finish() throws(TableError) {
    guard isInside else { return }
    throw TableError(
      .gzipTruncated, "the gzip data ends too early", at: Place(file: path), expected: "a whole gzip file",
      next: "The file was cut, perhaps on its way here. Fetch it again.")
  }

  /// Appends what the next part of `packed` unpacks to, at most `Limits.readBytes`.
  mutating func inflate(into buffer: inout ByteBuffer) throws(TableError) -> Int {
    if !isInside, consumed < packed.count {
      unsafe inflateReset(stream)
      isInside = true
    }
    let count = packed.count
    let (made, status) = unsafe Self.inflate(stream, packed.span.extracting(consumed..<count), into: &buffer)
    consumed = unsafe count - Int(stream.pointee.avail_in)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      isInside = false
      members += 1
    default: throw fault
    }
    needsInput = consumed == count && made == 0
    return made
  }

  private static func inflate(
    _ stream: UnsafeMutablePointer<z_stream>, _ source: borrowing Span<UInt8>, into buffer: inout ByteBuffer
  ) -> (made: Int, status: Int32) {
    var made = 0
    var status = Z_OK
    unsafe source.withUnsafeBufferPointer { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(source.count)
      unsafe buffer.appendUnsafe(room: Limits.readBytes) { room in
        unsafe stream.pointee.next_out = room.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room.count)
        status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        made = unsafe room.count - Int(stream.pointee.avail_out)
        return made
      }
    }
    return (made, status)
  }

  private var fault: TableError {
    // zlib says the same of a bad header and of bad data; a header is at most a few bytes into a member.
    if members > 0, unsafe stream.pointee.total_out == 0 {
      return TableError(
        .gzipTrailing, "bytes behind the end of the gzip data", at: Place(file: path), expected: "nothing more",
        next: "The file was damaged or two files were put together. Fetch it again.")
    }
    return TableError(
      .gzipDamaged, "the gzip data is damaged", at: Place(file: path), expected: "a gzip file that unpacks",
      next: "The file was damaged, perhaps on its way here. Fetch it again.")
  }
}
