import Platform
import TestSupport
import Testing

@testable import Tables

@Suite struct TableReaderTests {
  private func reader(_ text: String) throws -> TableReader {
    let folder = try TemporaryFolder()
    return try TableReader(path: folder.write("t.csv", text))
  }

  @Test(arguments: [("手机号", 1), (" phone ", 2), ("PHONE", 2), ("Phone", 2), ("　姓名", 0)])
  func `columns are found without case and blanks`(name: String, index: Int) throws {
    let reader = try reader("姓名,手机号 ,Phone\n")
    let found = try reader.column(named: name)
    #expect(found == index)
  }

  @Test func `the exact name wins over one in another case`() throws {
    let reader = try reader("Phone,phone,PHONE\n")
    let found = try reader.column(named: "phone")
    #expect(found == 1)
  }

  @Test func `a missing column is told with those that exist`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "name,mobile\n")
    let reader = try TableReader(path: path)
    do throws(TableError) {
      _ = try reader.column(named: "mobil")
      Issue.record("found")
    } catch {
      #expect(error.code == .missingColumn)
      #expect(
        error.diagnostic.description == """
          \(path): error: no column "mobil"; expected one of its columns
            Did you mean "mobile"? Columns: "name", "mobile"
          """)
    }
  }

  @Test(arguments: ["13800138000,王小明", "x,+86 138-0013-8000", "１３８００１３８０００"])
  func `a first line that is a row is not shown`(row: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", row + "\n" + row + "\n")
    let reader = try TableReader(path: path)
    do throws(TableError) {
      _ = try reader.column(named: "mobile")
      Issue.record("found")
    } catch {
      #expect(error.code == .missingColumn)
      #expect(
        error.diagnostic.description == """
          \(path): error: no column "mobile"; expected a line of columns' names
            The first line holds a number, as rows do: put a line with the columns' names before it.
          """)
    }
  }

  @Test func `a doubled column is an error only when it is asked for`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "a,b,a,,\n1,2,3,4,5\n")
    let reader = try TableReader(path: path)
    let other = try reader.column(named: "B")
    #expect(other == 1)
    do throws(TableError) {
      _ = try reader.column(named: "a")
      Issue.record("found")
    } catch {
      #expect(error.code == .doubledColumn)
      #expect(
        error.diagnostic.description == """
          \(path): error: the column "a" stands there more than once (1 and 3); expected it once
            Columns: "a", "b", "a", "", ""
          """)
    }
  }

  @Test func `the format follows the file's name`() throws {
    for name in ["a.csv", "a.TXT", "a.tsv", "A.Csv"] {
      #expect(try ReadTable("x\ty\n", name: name).header == ["x", "y"])
    }
    let error = try #require(try failure("a", name: "contacts.xlsx"))
    #expect(error.code == .unknownFormat)
    #expect(
      error.words == """
        contacts.xlsx: error: the file's name does not tell its format; expected a name that ends in .csv, .tsv, .txt or \
        .xml, each also with .gz
        """)
  }

  @Test func `a file that is not there is an error with its path`() {
    do throws(TableError) {
      _ = try TableReader(path: "/nowhere/a.csv")
      Issue.record("opened")
    } catch {
      #expect(error.code == .file)
      #expect(error.diagnostic.description == "/nowhere/a.csv: error: cannot open: No such file or directory")
    }
  }

  @Test func `the digest is that of the file's bytes, and can be declined`() throws {
    let text = "\u{FEFF}a,b\n1,2\n"
    #expect(try ReadTable(text).digest == Digest.sha256(Array(text.utf8)))
    #expect(try ReadTable(text, TableOptions(digest: false)).digest == nil)
    let packed = gzip(Array(text.utf8))
    #expect(try ReadTable(packed, name: "a.csv.gz").digest == Digest.sha256(packed))
    let xml = "<l><c><a>1</a></c></l>"
    #expect(try ReadTable(xml, name: "a.xml", TableOptions(record: "c")).digest == Digest.sha256(Array(xml.utf8)))
  }
}
