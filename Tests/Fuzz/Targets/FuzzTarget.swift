import Platform

/// A part of the product that reads bytes written by others, and what must hold whatever they are.
///
/// The fuzzer and the tests run the same `broken`: an input that the fuzzer found stays as a test.
public struct FuzzTarget: Sendable {
  public let name: String
  /// The longest input that is tried.
  public let mostBytes: Int
  /// The property that the input breaks, in words; nil when all hold.
  public let broken: @Sendable ([UInt8]) -> String?

  init(_ name: String, mostBytes: Int = 4096, _ broken: @escaping @Sendable ([UInt8]) -> String?) {
    self.name = name
    self.mostBytes = mostBytes
    self.broken = broken
  }

  /// All targets, by the module that they try.
  public static let all: [FuzzTarget] =
    [
      json, csv, xml, encodings, template, texts, phone, money, configuration, campaign, spool, bills, billCells,
      imports,
    ]
    + GatewayTargets.answers + GatewayTargets.pages + GatewayTargets.pushes

  /// The target of that name.
  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// An input taken apart from its front.
struct Input {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next byte; 0 when there is none.
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// One of the choices, by the next byte.
  mutating func choice<Choice>(of choices: [Choice]) -> Choice { choices[Int(byte()) % choices.count] }

  /// As many bytes as the next one says, or as there are.
  mutating func counted() -> [UInt8] {
    let count = Int(byte())
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// What stands before the next `separator`, which is dropped.
  mutating func part(before separator: UInt8) -> [UInt8] {
    let part = rest.prefix { $0 != separator }
    rest = rest.dropFirst(part.count + 1)
    return Array(part)
  }

  /// The rest as valid UTF-8.
  var text: String { String(decoding: rest, as: UTF8.self) }
}

/// Whether the bytes are valid UTF-8, by the standard library.
func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
