import FuzzTargets
import Glibc
import Synchronization

// libFuzzer's two entries: `scripts/fuzz.sh` links its main function to this program.

/// The target that QUNFA_FUZZ_TARGET names.
private let target: FuzzTarget? = unsafe getenv("QUNFA_FUZZ_TARGET").flatMap { name in
  FuzzTarget.named(unsafe String(cString: name))
}

@_cdecl("LLVMFuzzerInitialize")
func initialize(_ count: UnsafePointer<CInt>, _ words: UnsafePointer<UnsafePointer<UnsafePointer<CChar>>>) -> CInt {
  guard target != nil else {
    tell("QUNFA_FUZZ_TARGET names none of: " + FuzzTarget.all.map(\.name).joined(separator: " "))
    exit(2)
  }
  // libFuzzer tells whole seconds.
  atexit { tell("stat::slowest_input_ms: \(slowest.load(ordering: .relaxed) / 1_000_000)") }
  return 0
}

/// Nanoseconds of processor time that the dearest input took.
private let slowest = Atomic<Int>(0)

private func processorTime() -> Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

@_cdecl("LLVMFuzzerTestOneInput")
func tryOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let target else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  let before = processorTime()
  let words = target.broken(input)
  slowest.max(processorTime() - before, ordering: .relaxed)
  guard let words else { return 0 }
  tell("\(target.name): broken: \(words)")
  abort()
}

private func tell(_ words: String) {
  let line = Array((words + "\n").utf8)
  _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
}
