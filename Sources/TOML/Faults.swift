public import Platform

/// What is wrong with one configuration file, gathered while it is read, so that a person sees all of it at once.
///
/// Shared by the readers of one document; not for several threads.
public final class Faults {
  /// At most `Limits.configurationFaults`.
  public private(set) var errors: [Diagnostic] = []
  public private(set) var warnings: [Diagnostic] = []

  public init() {}

  public var isEmpty: Bool { errors.isEmpty }

  /// Notes an error, or a warning when the diagnostic is one. The same one is noted once.
  public func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error {
      note(diagnostic, in: &errors)
    } else {
      note(diagnostic, in: &warnings)
    }
  }

  /// Errors in the order of their places.
  public var sortedErrors: [Diagnostic] { errors.enumerated().sorted { key($0) < key($1) }.map(\.element) }

  private func note(_ diagnostic: Diagnostic, in list: inout [Diagnostic]) {
    guard list.count < Limits.configurationFaults, !list.contains(diagnostic) else { return }
    list.append(diagnostic)
  }

  private func key(_ entry: (offset: Int, element: Diagnostic)) -> (Int, Int, Int) {
    (entry.element.place?.line ?? 0, entry.element.place?.column ?? 0, entry.offset)
  }
}
