import Glibc
public import Platform

/// A file that a configuration names: as written there, and as the system finds it.
public struct WorkspaceFile: Sendable, Equatable {
  /// As written; relative to the workspace unless absolute.
  public var name: String
  /// For opening.
  public var path: String
  /// Where it is named.
  public var place: Place

  public init(_ name: String, workspace: String, at place: Place) {
    self.name = name
    path = Files.join(workspace, name)
    self.place = place
  }

  /// The paths that `*`, `?` and `[…]` in the name stand for, sorted; a name without them stands for itself, whether
  /// the file exists or not.
  ///
  /// - Throws: when a folder cannot be read: what stands in it is not nothing.
  public func matches() throws(FileError) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    errno = 0
    let code = unsafe glob(path, Int32(GLOB_NOMAGIC) | Int32(GLOB_ERR), nil, &found)
    guard code == 0 else {
      if code == GLOB_NOMATCH || errno == ENOENT || errno == ENOTDIR { return [] }
      throw FileError("read the folders of", path)
    }
    return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }
}
