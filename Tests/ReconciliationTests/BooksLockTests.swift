import Campaigns
import Platform
import TestSupport
import Testing

@testable import Reconciliation

/// The books have one writer at a time.
@Suite struct BooksLockTests {
  private let books: BooksFixture
  private var path: String { books.workspace.data + "/books.lock" }

  init() throws {
    books = try BooksFixture()
    try Files.makeFolder(books.workspace.data)
  }

  @Test func `a writer that does not end is waited for, then told with its lock's place`() throws {
    let other = try #require(try HeldLock.take(path))
    let started = monotonicSeconds()
    let error = #expect(throws: RunError.self) { try books.workspace.holdBooks(waiting: 0.3) }
    #expect(monotonicSeconds() - started >= 0.3)
    #expect(error?.code == .locked)
    #expect(error?.diagnostic.description.hasPrefix("\(path): error: another process writes the books") == true)
    #expect(error?.diagnostic.next == "Wait until it ends, then run this again.")
    withExtendedLifetime(other) {}
  }

  @Test func `the books go to the next when a writer ends`() throws {
    for _ in 0..<2 {
      let held = try books.workspace.holdBooks(waiting: 0)
      #expect(try FileLock.isHeld(path))
      #expect(throws: RunError.self) { try books.workspace.holdBooks(waiting: 0) }
      withExtendedLifetime(held) {}
    }
    #expect(try !FileLock.isHeld(path))
  }

  @Test func `who waits gets them as soon as they are free`() throws {
    let path = path
    let isHeld = Monitor(false)
    let holder = SystemThread.start {
      guard let lock = try? HeldLock.take(path) else { return }
      isHeld.change { $0 = true }
      pauseSeconds(0.4)
      withExtendedLifetime(lock) {}
    }
    _ = isHeld.wait { $0 ? true : nil }
    let started = monotonicSeconds()
    _ = try books.workspace.holdBooks(waiting: 20)
    let waited = monotonicSeconds() - started
    #expect(waited > 0.1 && waited < 10, "\(waited) s")
    holder?.join()
  }

  @Test func `without the data folder there is nothing to hold, and none is made`() throws {
    let empty = try BooksFixture()
    let error = #expect(throws: RunError.self) { try empty.workspace.holdBooks() }
    #expect(error?.code == .input)
    #expect(!Files.exists(empty.workspace.data))
  }
}
