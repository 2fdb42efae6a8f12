package import Platform

/// A lock with an owner that may be copied.
package final class HeldLock {
  private let lock: FileLock
  private init(_ lock: consuming FileLock) { self.lock = lock }

  /// Nil when another process holds it.
  package static func take(_ path: String) throws(FileError) -> HeldLock? {
    guard let lock = try FileLock.take(path) else { return nil }
    return HeldLock(lock)
  }
}

/// One pace per account: while a run sends, no other run of this workspace uses its accounts.
final class AccountLocks {
  private let locks: [HeldLock]

  /// Waits until the accounts are free; nil when someone asked to stop meanwhile. Taken in the order of their names, so
  /// that two runs never wait for each other.
  init?(_ accounts: [String], in folder: String, _ console: any RunConsole) throws(RunError) {
    var held: [HeldLock] = []
    let path = folder + "/accounts"
    try onOutput { () throws(FileError) in try Files.makeFolder(path) }
    for account in accounts.sorted() {
      var told = false
      while true {
        let lock = try onOutput { () throws(FileError) in try HeldLock.take(path + "/\(account).lock") }
        if let lock {
          held.append(lock)
          break
        }
        if console.isInterrupted { return nil }
        if !told {
          console.tell(Diagnostic("waiting for the account '\(account)', which another run uses", severity: .note))
        }
        told = true
        pauseBriefly()
      }
    }
    locks = held
  }
}
