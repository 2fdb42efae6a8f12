import CSystem

/// The process's memory.
public enum Memory {
  /// Blocks of so many bytes and more go back to the system when they are freed. By itself glibc keeps, after the first
  /// long block, all that are not longer in its heap.
  public static func returnBlocks(from bytes: Int) {
    _ = mallopt(Int32(qunfa_mmap_threshold), Int32(clamping: bytes))
  }
}
