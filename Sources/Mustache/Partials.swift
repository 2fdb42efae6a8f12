import Platform

/// One template file.
public struct TemplateSource: Sendable {
  /// As it is named in messages.
  public let file: String
  public let bytes: [UInt8]

  public init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }
}

/// Where the partials and parents of a template come from. Asked while the template is compiled, never later.
public struct Partials: Sendable {
  /// The partial of that name; nil when there is none.
  let load: @Sendable (String) throws(TemplateError) -> TemplateSource?
  /// All names there are. Asked only by templates with dynamic names (`{{>*name}}`), which may mean any of them.
  let names: @Sendable () -> [String]

  public init(
    names: @escaping @Sendable () -> [String] = { [] },
    load: @escaping @Sendable (String) throws(TemplateError) -> TemplateSource?
  ) {
    self.names = names
    self.load = load
  }

  /// No partials at all.
  public static let none = Partials { (_) throws(TemplateError) in nil }

  /// The files NAME.mustache in `path`. A name with a slash or a dot in front is no partial, so that nothing outside of
  /// the folder is read.
  public static func folder(_ path: String) -> Partials {
    let ending = ".mustache"
    return Partials(
      names: {
        ((try? Files.list(path)) ?? []).filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.map {
          String($0.dropLast(ending.count))
        }
      },
      load: { (name) throws(TemplateError) in
        guard !name.hasPrefix("."), !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) else {
          return nil
        }
        let file = Files.join(path, name + ending)
        do throws(FileError) {
          guard try Files.isThere(file) else { return nil }
          return TemplateSource(file: file, bytes: try Files.read(file, limit: Limits.templateBytes))
        } catch {
          throw TemplateError(error.diagnostic.found, at: Place(file: file), next: error.diagnostic.next)
        }
      })
  }
}
