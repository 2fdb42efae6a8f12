import Glibc
import Platform
import TestSupport
import Testing

/// The samples that `make demo` sends: they are to be planned as their comments say.
@Suite struct SamplesTests {
  /// Every reason for which a row can be rejected (product.md, "What happens to a row").
  private static let reasons: Set<String> = [
    "malformed", "missing_phone", "invalid_phone", "unsupported_region", "duplicate", "suppressed", "missing_value",
    "empty_text", "too_long", "bad_text",
  ]

  /// A copy of the samples, whose templates lie beside them.
  private func workspace() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["samples", "samples/contacts", "samples/suppress", "templates"] {
      for file in Files.names(in: packageFolder + "/" + name) {
        let path = "\(packageFolder)/\(name)/\(file)"
        guard !Files.isFolder(path) else { continue }
        try folder.write("\(name)/\(file)", Files.read(path, limit: 1 << 24))
      }
    }
    return folder
  }

  @Test func `together they use all gateways and have every reason to reject`() throws {
    let folder = try workspace()
    var reasons: Set<String> = []
    var ways: Set<String> = []
    for campaign in ["double11", "abroad", "notice-mobset", "notice-youe", "notice-18sms"] {
      let plan = try BuiltTool.run("-C", "samples", "plan", campaign + ".toml", in: folder.path)
      #expect(plan.exitCode == 4, "\(campaign): \(plan.errors)")
      #expect(plan.errors == "")
      #expect(!plan.output.contains("BOOKS DO NOT BALANCE"))
      let out = "samples/out/2026-\(campaign)"
      let rejected = CSVText(try folder.read(out + "/rejected.csv"))
      reasons.formUnion(rejected["reason"])
      let planned = CSVText(try folder.read(out + "/plan.csv"))
      ways.formUnion(zip(planned["gateway"], planned["endpoint"]).map { "\($0) \($1)" })
      #expect((200...2000).contains(planned.rows.count))
    }
    #expect(reasons == SamplesTests.reasons)
    #expect(
      ways == [
        "juhe-main p2p", "emay-abroad personality", "mobset-a send", "youe-a post", "18sms-a batch",
      ])
  }
}
