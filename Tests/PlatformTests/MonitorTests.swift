import Glibc
import Platform
import Synchronization
import Testing

@Suite struct `A monitor` {
  @Test func `wakes who waits for its state`() {
    let monitor = Monitor(0)
    let thread = SystemThread.start {
      for _ in 1...3 { monitor.change { $0 += 1 } }
    }
    #expect(monitor.wait(until: monotonicSeconds() + 5) { $0 == 3 ? "three" : nil } == "three")
    thread?.join()
  }

  @Test func `lets a waiter go at the deadline`() {
    let start = monotonicSeconds()
    #expect(Monitor(0).wait(until: start + 0.05) { _ in nil as Int? } == nil)
    #expect((0.05...2).contains(monotonicSeconds() - start))
  }

  @Test func `looks again at a deadline that its state tells`() {
    let due = monotonicSeconds() + 0.05
    let late = Monitor(due).wait(deadline: { $0 }, { monotonicSeconds() >= $0 ? monotonicSeconds() : nil })
    #expect((due...due + 2).contains(late))
  }

  @Test func `gives each item of a queue to one worker`() {
    let queue = Monitor<[Int]>([])
    let taken = Monitor<[Int]>([])
    let workers = (0..<4).compactMap { _ in
      SystemThread.start {
        while let item = queue.wait(until: monotonicSeconds() + 1, { $0.popLast() }), item >= 0 {
          taken.withLock { $0.append(item) }
        }
      }
    }
    for item in 0..<1000 { queue.changeForOne { $0.append(item) } }
    for worker in workers { worker.join() }
    #expect(taken.withLock { $0 }.sorted() == Array(0..<1000))
  }
}

@Suite struct `A thread of the system` {
  @Test func `takes no signals and leaves its maker's as they were`() {
    var wanted = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&wanted)
    unsafe sigaddset(&wanted, SIGWINCH)
    unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let isBlocked = Mutex(false)
    let thread = SystemThread.start {
      var mask = sigset_t()
      unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
      let all = [SIGINT, SIGTERM, SIGWINCH].allSatisfy { unsafe sigismember(&mask, $0) == 1 }
      isBlocked.withLock { $0 = all }
    }
    thread?.join()
    #expect(isBlocked.withLock { $0 })
    var mask = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
    #expect(unsafe sigismember(&mask, SIGWINCH) == 0)
  }
}
