import CSystem

/// From here on the system writes no memory of this process anywhere when it crashes, not even to a program that
/// `core_pattern` names, and nobody but root may look into its memory, its environment or its open files.
///
/// - Returns: whether the system agreed.
@discardableResult public func forbidDumps() -> Bool { qunfa_forbid_dumps() == 0 }
