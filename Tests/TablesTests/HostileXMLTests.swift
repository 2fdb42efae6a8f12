import JSON
import Platform
import TestSupport
import Testing

@testable import Tables

/// corpora/xml-hostile: the answer that each file must get, and soon.
@Suite struct HostileXMLTests {
  private func contacts(_ path: String) throws(TableError) -> [[String: String]] {
    let table = try ReadTable(path: path, TableOptions(record: "contact"))
    return table.records.map { record in
      var contact: [String: String] = [:]
      for (name, value) in zip(table.header, record.fields) where name == "name" || name == "mobile" {
        contact[name] = value
      }
      if record.fault != nil { contact["fault"] = record.fault }
      return contact
    }
  }

  @Test func `every file gets the answer of the manifest`() throws {
    guard let folder = shared("corpora/xml-hostile") else {
      print("corpora/xml-hostile is not there: not tested against it")
      return
    }
    let entries = try #require(try JSON(parsing: Files.read(folder + "/manifest.json", limit: 1 << 20)).elements)
    #expect(entries.count == 149)
    for entry in entries {
      guard let file = entry["file"]?.text, let expect = entry["expect"]?.text else { continue }
      let begin = monotonicSeconds()
      let found: [[String: String]]?
      do throws(TableError) {
        found = try contacts(folder + "/" + file)
      } catch {
        found = nil
        #expect(error.diagnostic.place?.file == folder + "/" + file, "\(file)")
        #expect(!error.diagnostic.description.contains("canary"), "\(file)")
      }
      #expect(monotonicSeconds() - begin < 2, "\(file)")
      switch expect {
      case "accept": #expect(found != nil, "\(file)")
      case "reject": #expect(found == nil, "\(file)")
      default: break
      }
      if let wanted = entry["contacts"]?.elements, let found {
        #expect(found.map { $0["name"] ?? "" } == wanted.map { $0["name"]?.text ?? "" }, "\(file)")
        #expect(found.map { $0["mobile"] ?? "" } == wanted.map { $0["mobile"]?.text ?? "" }, "\(file)")
        #expect(found.allSatisfy { $0["fault"] == nil }, "\(file)")
      }
    }
  }

  @Test func `a DOCTYPE is refused wherever the suite of defusedxml has one`() throws {
    guard let folder = shared("corpora/xml-hostile/defusedxml") else { return }
    for file in Files.names(in: folder) where file.hasSuffix(".xml") && !file.hasPrefix("simple") {
      #expect(throws: TableError.self, "\(file)") { _ = try contacts(folder + "/" + file) }
    }
    for file in ["simple.xml", "simple-ns.xml"] {
      let table = try ReadTable(path: folder + "/" + file, TableOptions(record: "element"))
      #expect(!table.records.isEmpty, "\(file)")
    }
  }
}
