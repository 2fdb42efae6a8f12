import Platform

extension Span where Element == UInt8 {
  func equals(_ bytes: [UInt8]) -> Bool { isEqual(to: bytes.span) }
}

/// The fields that the records of an XML file have, by path: `mobile`, `address/city`.
///
/// A tree of names rather than a dictionary of paths: one step a tag, and most steps find the name where they look
/// first.
struct XMLColumns {
  struct Node {
    let name: [UInt8]
    var children: [Int] = []
    /// The column, -1 as long as no value was seen here.
    var column = -1
    /// Where the last search among the children ended.
    var hint = 0
    /// The last record that had a value here.
    var record = 0
  }

  /// Node 0 is the record itself.
  private(set) var nodes: [Node]
  private(set) var names: [String] = []
  private var parents: [Int] = [-1]

  init(record: [UInt8]) { nodes = [Node(name: record)] }

  /// The node called `name` below `parent`; nil when there is none and none may be added.
  mutating func child(of parent: Int, _ name: borrowing Span<UInt8>, adding: Bool) -> Int? {
    let count = nodes[parent].children.count
    var index = nodes[parent].hint
    for _ in 0..<count {
      let child = nodes[parent].children[index]
      index = index + 1 == count ? 0 : index + 1
      if nodes[child].name.count == name.count, name.equals(nodes[child].name) {
        nodes[parent].hint = index
        return child
      }
    }
    guard adding, nodes.count < 4 * Limits.columns else { return nil }
    nodes.append(Node(name: name.array))
    parents.append(parent)
    nodes[parent].children.append(nodes.count - 1)
    return nodes.count - 1
  }

  /// Notes a value at `node` in record number `record`.
  /// - Returns: the column, and whether the same record had a value there before; nil when there are too many columns.
  mutating func value(at node: Int, record: Int, adding: Bool) -> (column: Int, isSecond: Bool)? {
    if nodes[node].column < 0 {
      guard adding, names.count < Limits.columns else { return nil }
      nodes[node].column = names.count
      names.append(path(of: node))
    }
    let isSecond = nodes[node].record == record
    nodes[node].record = record
    return (nodes[node].column, isSecond)
  }

  /// Forgets which records had values, keeps the columns.
  mutating func rewind() {
    for index in nodes.indices { nodes[index].record = 0 }
  }

  private func path(of node: Int) -> String {
    guard node > 0 else { return nodes[0].name.text }
    var parts: [String] = []
    var current = node
    while current > 0 {
      parts.append(nodes[current].name.text)
      current = parents[current]
    }
    return parts.reversed().joined(separator: "/")
  }
}
