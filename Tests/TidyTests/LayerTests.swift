import Platform
import TestSupport
import Testing

/// The order of the rooms in Package.swift: a module uses those above it in that file, and nobody reaches around the
/// owner of a C library.
@Suite struct LayerTests {
  /// The modules in the order of Package.swift, from the ground up.
  static let order: [String] = {
    let text = (try? Files.read(packageFolder + "/Package.swift", limit: 1 << 20).text) ?? ""
    let rooms = text.matches(of: /room\(\s*"(\w+)"/).map { String($0.output.1) }
    return rooms.filter { $0 != "name" } + ["qunfa"]
  }()

  @Test func `Package.swift names every module`() {
    let modules = Set(SourceFile.all.map(\.module))
    #expect(modules.subtracting(Self.order).isEmpty)
    #expect(Set(Self.order).subtracting(modules).isEmpty)
  }

  @Test(arguments: order)
  func `a module imports only those below it`(_ module: String) throws {
    let level = try #require(Self.order.firstIndex(of: module))
    for file in SourceFile.all where file.module == module {
      for name in file.imports {
        guard let other = Self.order.firstIndex(of: name) else { continue }
        #expect(other < level, "\(file.path) imports \(name)")
      }
    }
  }

  @Test func `each C library is seen by exactly one module`() {
    var owners: [String: Set<String>] = [:]
    for file in SourceFile.all {
      for name in file.imports where name.contains(/^C[A-Z]/) && !Self.order.contains(name) {
        owners[name, default: []].insert(file.module)
      }
    }
    #expect(owners.count >= 9)
    for (library, modules) in owners { #expect(modules.count == 1, "\(library) is imported by \(modules.sorted())") }
  }

  @Test func `C libraries are imported for the module alone`() {
    for file in SourceFile.all {
      for line in file.code where line.text.contains(/^(public|@_exported) import C[A-Z]/) {
        Issue.record("\(file.place(line.number))")
      }
    }
  }

  @Test func `the sandbox shares no code with the adapters`() {
    for file in SourceFile.all where file.module == "Sandbox" {
      #expect(!file.imports.contains("Gateways"), "\(file.path)")
      #expect(!file.imports.contains("Messaging"), "\(file.path)")
    }
    for file in SourceFile.all where file.module == "Gateways" {
      #expect(!file.imports.contains("Sandbox"), "\(file.path)")
    }
  }
}
