public import Platform

/// One message that was judged and merged, before and after the planner placed it.
public struct PlannedMessage: Sendable {
  /// Input row, from 1.
  public var row: Int
  /// E.164 digits without `+`.
  public var number: UInt64
  /// A 64-bit hash of the text.
  public var textHash: UInt64
  /// Where its text and external id end in the block's buffers.
  public var textEnd: Int
  public var externalIDEnd: Int
  /// Index into `Planner.calls`.
  public var call: Int32 = -1
  public var position: Int32 = 0
  public var kind = Planner.Kind.sameContent
  public var units: Int32
  public var segments: Int32
  /// Index into the campaign's routes.
  public var route: UInt8
  public var isGSM7: Bool
  public var hasLineBreak: Bool
  /// Two ASCII letters.
  public var region: UInt16
}

/// A run of planned messages in row order, with their texts.
public struct BlockContent: ~Copyable, Sendable {
  public var messages: [PlannedMessage] = []
  public var texts = ByteBuffer(capacity: 1 << 16)
  public var externalIDs = ByteBuffer(capacity: 1 << 12)

  public init() { messages.reserveCapacity(Limits.blockMessages) }

  /// Empties the block for its next use; its memory stays.
  public mutating func clear() {
    messages.removeAll(keepingCapacity: true)
    texts.clear()
    externalIDs.clear()
  }
}

/// Carries a block's content from the judging thread to the writing thread and back to be filled again. Who works on it
/// takes the content out, so that the inner loops touch no object.
public final class MessageBlock: @unchecked Sendable {
  // Sendable although it is mutable: a channel hands it from one thread to the other, only one has it at a time.
  private var content: BlockContent?

  public init() { content = BlockContent() }

  public func take() -> BlockContent { content.take() ?? BlockContent() }
  public func put(_ content: consuming BlockContent) { self.content = consume content }
}
