import Database
import Messaging
import Platform
import Synchronization

/// The writing thread's view of the finished blocks; used blocks go back to be filled again.
final class BlockReader: @unchecked Sendable {
  // Sendable although `current` is mutable: only the writing thread reads blocks.
  private let blocks: Channel<MessageBlock>
  private let spare: Channel<MessageBlock>
  private var current: MessageBlock?
  private let complete = Mutex(false)

  init(_ blocks: Channel<MessageBlock>, _ spare: Channel<MessageBlock>) {
    self.blocks = blocks
    self.spare = spare
  }

  /// The next block; it may be read until the next call. Nil at the end.
  func next() -> MessageBlock? {
    if let current { spare.send(current) }
    current = blocks.receive()
    return current
  }

  /// All rows were judged; called before the last block's channel is closed.
  func markComplete() { complete.withLock { $0 = true } }

  /// Whether the blocks that came are all there are; false when judging ended with a fault.
  var isComplete: Bool { complete.withLock { $0 } }

  /// Gives up: the judging thread finds no spare block and stops.
  func abandon() {
    spare.close()
    blocks.close()
  }
}

/// Runs the writer of blocks on a thread of its own.
struct WritingThread: ~Copyable {
  private let thread: SystemThread
  private let outcome: Outcome

  private final class Outcome: Sendable {
    let problem = Mutex<RunError?>(nil)
  }

  init(_ reader: BlockReader, _ write: @escaping @Sendable (BlockReader) throws(RunError) -> Void) throws(RunError) {
    let outcome = Outcome()
    self.outcome = outcome
    let started = SystemThread.start {
      do throws(RunError) { try write(reader) } catch {
        outcome.problem.withLock { $0 = error }
        reader.abandon()
      }
    }
    guard let started else {
      throw RunError(.internalError, Diagnostic("the system has no more threads", next: "Run the same command again."))
    }
    thread = started
  }

  /// Waits for the end; the fault that ended it, if any.
  consuming func finish() -> RunError? {
    let outcome = outcome
    thread.join()
    return outcome.problem.withLock { $0 }
  }
}

/// Finished blocks as rows for SQLite, in the order of `LedgerBuilder.messageColumns`.
final class BlockSource: BulkSource {
  private let reader: BlockReader
  private var carrier: MessageBlock?
  private var block = BlockContent()
  private var index = 0
  private var message: PlannedMessage?
  private var textStart = 0
  private var externalIDStart = 0
  /// The two letters of the row's country.
  private var region = ByteBuffer(capacity: 16)
  private var encodings = ByteBuffer(capacity: 16)

  init(_ reader: BlockReader) {
    self.reader = reader
    encodings.append(TextEncoding.gsm7.rawValue)
    encodings.append(TextEncoding.ucs2.rawValue)
  }

  func advance() -> Bool {
    textStart = message?.textEnd ?? 0
    externalIDStart = message?.externalIDEnd ?? 0
    while index >= block.messages.count {
      if let carrier { carrier.put(exchange(with: BlockContent())) }
      carrier = nil
      guard let next = reader.next() else { return false }
      carrier = next
      block = next.take()
      index = 0
      textStart = 0
      externalIDStart = 0
    }
    let current = block.messages[index]
    if current.region != message?.region {
      region.clear()
      region.append(Region(code: current.region).description)
    }
    message = current
    index += 1
    return true
  }

  /// Puts other content in place of the block's.
  private func exchange(with other: consuming BlockContent) -> BlockContent {
    swap(&block, &other)
    return other
  }

  func value(_ column: Int, into result: borrowing BulkResult) {
    guard let message else { return result.setNull() }
    switch column {
    case 0: result.set(message.row)
    case 1:
      if message.externalIDEnd == externalIDStart {
        result.setNull()
      } else {
        result.set(text: block.externalIDs, externalIDStart..<message.externalIDEnd)
      }
    case 2: result.set(Int(message.number))
    case 3: result.set(text: region, 0..<region.count)
    // The ledger counts calls from 1.
    case 4: result.set(Int(message.call) + 1)
    case 5: result.set(Int(message.position))
    case 6: result.set(text: encodings, message.isGSM7 ? 0..<5 : 5..<10)
    case 7: result.set(Int(message.units))
    case 8: result.set(Int(message.segments))
    default: result.set(text: block.texts, textStart..<message.textEnd)
    }
  }
}
