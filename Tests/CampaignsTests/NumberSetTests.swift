import Platform
import TestSupport
import Testing

@testable import Campaigns

@Suite struct NumberSetTests {
  @Test(arguments: [0, 10, 5000]) func `it agrees with a set of the language`(_ capacity: Int) {
    var random = SeededGenerator(seed: 11)
    var numbers = NumberSet(capacity: capacity)
    var known: Set<UInt64> = []
    for index in 0..<20_000 {
      // Neighbours and far ones; many come again.
      let key = index % 2 == 0 ? 8_613_800_000_000 + UInt64.random(in: 0..<6000, using: &random) : random.next() | 1
      #expect(numbers.contains(key) == known.contains(key))
      let isNew = numbers.insert(key)
      #expect(isNew == known.insert(key).inserted)
    }
    #expect(numbers.count == known.count)
    #expect(known.allSatisfy { numbers.contains($0) })
  }

  @Test func `a key of zero counts as one`() {
    var numbers = NumberSet()
    #expect(!numbers.contains(0))
    let first = numbers.insert(0)
    let second = numbers.insert(0)
    #expect(first && !second)
    #expect(numbers.contains(0) && numbers.count == 1)
  }
}

@Suite struct TextHashTests {
  private func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 { textHash(bytes.span, seed: seed) }

  @Test func `texts that differ in one byte, in length or in order have other hashes`() {
    var seen: Set<UInt64> = []
    var count = 0
    for length in 0..<40 {
      let zeroes = [UInt8](repeating: 0, count: length)
      seen.insert(hash(zeroes))
      count += 1
      for index in zeroes.indices {
        var changed = zeroes
        changed[index] = 1
        seen.insert(hash(changed))
        count += 1
      }
    }
    for number in 0..<20_000 { seen.insert(hash(Array("尊敬的客户\(number)，您好".utf8))) }
    #expect(seen.count == count + 20_000)
    #expect(hash([1, 2, 3]) == hash([1, 2, 3]))
    #expect(hash([1, 2, 3], seed: 1) != hash([1, 2, 3]))
  }
}

@Suite struct ChannelTests {
  @Test func `values come in order through a channel that holds few`() throws {
    let channel = Channel<Int>(capacity: 2)
    let thread = try #require(
      SystemThread.start {
        for value in 0..<1000 { channel.send(value) }
        channel.close()
      })
    var found: [Int] = []
    while let value = channel.receive() { found.append(value) }
    thread.join()
    #expect(found == Array(0..<1000))
    #expect(channel.receive() == nil)
  }

  @Test func `closing ends who waits for room and keeps what was sent`() throws {
    let channel = Channel<Int>(capacity: 1)
    #expect(channel.send(1))
    let thread = try #require(SystemThread.start { channel.close() })
    // Waits for room until the other thread closes.
    #expect(!channel.send(2))
    thread.join()
    #expect(channel.receive() == 1)
    #expect(channel.receive() == nil)
    #expect(!channel.send(3))
  }

  @Test func `closing ends who waits for a value`() throws {
    let channel = Channel<Int>(capacity: 1)
    let thread = try #require(SystemThread.start { channel.close() })
    #expect(channel.receive() == nil)
    thread.join()
  }
}
