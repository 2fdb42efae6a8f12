public import Platform

extension Files {
  /// Whether something stands there; false when the system cannot tell.
  public static func exists(_ path: String) -> Bool { (try? isThere(path)) ?? false }

  /// The length in bytes; nil when there is no such file or the system cannot tell.
  public static func size(_ path: String) -> Int? { try? length(path) }

  /// The names in a folder, sorted by bytes; empty when it cannot be read.
  public static func names(in folder: String) -> [String] { (try? list(folder)) ?? [] }
}
