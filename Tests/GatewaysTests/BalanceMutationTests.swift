import JSON
import Messaging
import Platform
import Testing

@testable import Gateways

/// A form of answers to questions for the balance, with whole ones that are then damaged, and what they say at most.
struct BalanceForms: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var gateway: @Sendable () throws -> any ReportingGateway
  var seeds: [String]
  /// What may be told: amounts with their products, and codes of a no.
  var claim: @Sendable (_ body: [UInt8]) -> (amounts: Set<String>, codes: Set<String>)
  /// Whether an answer that lost its end can be told from a whole one.
  var showsItsEnd = true

  static let all: [BalanceForms] = [
    BalanceForms(
      testDescription: "juhe", gateway: { try GatewaysTests.juhe() },
      seeds: [
        #"{"status":0,"balance":153278040}"#, #"{"status":"0","balance":"-1532","list":[]}"#, #"{"status":"3"}"#,
      ],
      claim: { body in
        let (codes, amounts) = (texts("status", in: body), texts("balance", in: body))
        return (codes.contains("0") ? amounts.filter { isAmount($0, fraction: true) } : [], codes)
      }),
    BalanceForms(
      testDescription: "mobset", gateway: { try GatewaysTests.mobset() },
      seeds: [#"{ "Code": "585858", "Message": "取余额成功", }"#, #"{"Code":0}"#, #"{"Code":"-103","Message":"x"}"#],
      claim: { body in
        let codes = texts("Code", in: body)
        return (codes.filter { isAmount($0) && !$0.hasPrefix("-") }, codes)
      }),
    BalanceForms(
      testDescription: "youe", gateway: { try GatewaysTests.youe() },
      seeds: ["000,585858", "000, 585858\n", "585858", "101", "000,-5"],
      claim: { body in
        let fields = bare(body).split(separator: ",", omittingEmptySubsequences: false).map { bare(Array($0.utf8)) }
        let codes = Set(fields.prefix(1))
        let known = Youe.codes.contains { $0.code == fields[0] }
        switch fields.count {
        case 1 where !known && isAmount(fields[0]): return (codes, codes)
        case 2 where fields[0] == "000" && isAmount(fields[1]): return ([fields[1]], codes)
        default: return ([], codes)
        }
      }, showsItsEnd: false),
    BalanceForms(
      testDescription: "18sms", gateway: { try GatewaysTests.eighteen() },
      seeds: ["20130303180000,0\n1234567,1000\n1234531,-20\n", "20130303180000,0\r\n12,3", "20130303180000,101"],
      claim: { body in
        let lines = bare(body).split { $0 == "\n" || $0 == "\r\n" }.map { line in
          bare(Array(line.utf8)).split(separator: ",", omittingEmptySubsequences: false).map { bare(Array($0.utf8)) }
        }.filter { $0 != [""] }
        guard let first = lines.first, first.count == 2 else { return ([], []) }
        let told = lines.dropFirst()
        guard first[1] == "0", told.allSatisfy({ $0.count == 2 && isAmount($0[1]) && !$0[0].isEmpty }) else {
          return ([], [first[1]])
        }
        return (Set(told.map { $0.joined(separator: ",") }), [first[1]])
      }, showsItsEnd: false),
  ]

  /// Digits as a sum of money or messages has them: no leading zeros, none beyond what can be reckoned with.
  private static func isAmount(_ text: String, fraction: Bool = false) -> Bool {
    let whole = fraction ? try? /-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?/.wholeMatch(in: text) != nil : nil
    return whole ?? ((try? /-?(0|[1-9][0-9]{0,17})/.wholeMatch(in: text)) != nil)
  }

  private static func texts(_ name: String, in body: [UInt8]) -> Set<String> {
    guard case .object(let members)? = try? JSON(parsing: Array(bare(body).utf8)) else { return [] }
    return Set(
      members.filter { $0.name.lowercased() == name.lowercased() }.compactMap(\.value.text).map(FormPairs.trimmed))
  }

  private static func bare(_ body: [UInt8]) -> String {
    let rest = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body[3...] : body[...]
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0]
    return Array(rest.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed()).text
  }
}

/// Balances and withdrawals from hell: a wrong balance is worse than none, and so is a message that is thought withdrawn.
@Suite struct BalanceMutationTests {
  private func mutations(of text: String, seed: Int) -> [Mutation] {
    let body = Array(text.utf8)
    var mutations = Mutations.all(of: body, seed: UInt64(seed + 1))
    if let value = try? JSON(parsing: body) {
      mutations += Mutations.trees(of: value)
    } else {
      let lines = Lines(text.split { $0.isNewline }.map { String($0) }, fieldsBy: ",", recordsBy: "\n")
      mutations += lines.changed().map { Mutation(name: $0.name, body: Array($0.lines.serialized.utf8)) }
    }
    return mutations
  }

  @Test(arguments: BalanceForms.all)
  func `a damaged balance is told as it stands or not at all`(_ form: BalanceForms) throws {
    let gateway = try form.gateway()
    var cost = Cost()
    var told = 0
    for (number, seed) in form.seeds.enumerated() {
      let whole = gateway.balance(in: GatewayAnswer(status: 200, body: Array(seed.utf8)))
      for mutation in mutations(of: seed, seed: number) {
        let outcome = cost.of { gateway.balance(in: GatewayAnswer(status: 200, body: mutation.body)) }
        let claim = form.claim(mutation.body)
        let place = "seed \(number), \(mutation.name): \(Array(mutation.body.prefix(200)).text)"
        switch outcome {
        case .told(let lines):
          told += 1
          for line in lines {
            let said = line.product.isEmpty ? line.amount : line.product + "," + line.amount
            #expect(claim.amounts.contains(said), "\(place) told \(said.prefix(60))")
          }
          if mutation.cut != nil, form.showsItsEnd { #expect(outcome == whole, "\(place) was cut") }
        case .refused(let code), .slowDown(let code):
          #expect(claim.codes.contains(code) && claim.amounts.isEmpty, "\(place) was called \(code.prefix(60))")
        case .unreadable: break
        }
        guard case .unreadable = gateway.balance(in: GatewayAnswer(status: 500, body: mutation.body)) else {
          Issue.record("HTTP status 500 tells something")
          continue
        }
      }
    }
    #expect(told > 20, "the claim is never put to the test")
    #expect(cost.worst < 1)
    print("mutations of balances, \(form.testDescription): \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }

  @Test func `a gateway without balance or withdrawal tells none whatever comes`() throws {
    for form in BalanceForms.all {
      for seed in form.seeds {
        let answer = GatewayAnswer(status: 200, body: Array(seed.utf8))
        guard case .unreadable = try `Emay requests`.emay().balance(in: answer) else {
          Issue.record("emay tells a balance")
          continue
        }
        let gateways: [any Gateway] = [try juhe(), try `Emay requests`.emay(), try youe(), try eighteen()]
        for gateway in gateways { #expect(gateway.cancelled(in: answer) == nil) }
      }
    }
  }

  @Test(arguments: [
    #"{"Code":"2","Message":"x","Details":[{"SmsID":"71","Status":"1"},{"SmsID":"72","Status":"-139"}]}"#,
    #"{"Code":1,"Details":[{"SmsID":"71","Status":1}]}"#, #"{"Code":"-103","Details":[{"SmsID":"71","Status":"1"}]}"#,
  ])
  func `no damaged answer withdraws a message that it does not name`(_ seed: String) throws {
    let gateway = try mobset()
    let whole = gateway.cancelled(in: GatewayAnswer(status: 200, body: Array(seed.utf8)))
    var cost = Cost()
    for mutation in mutations(of: seed, seed: 3) {
      let withdrawn = cost.of { gateway.cancelled(in: GatewayAnswer(status: 200, body: mutation.body)) }
      let claim = withdrawals(mutation.body)
      #expect(withdrawn?.isSubset(of: claim) ?? true, "\(mutation.name): \(Array(mutation.body.prefix(200)).text)")
      #expect(withdrawn?.isEmpty != true, "\(mutation.name): withdrawn, but nothing")
      if mutation.cut != nil { #expect(withdrawn == nil || withdrawn == whole, "\(mutation.name)") }
      #expect(gateway.cancelled(in: GatewayAnswer(status: 500, body: mutation.body)) == nil)
    }
    #expect(cost.worst < 1)
    print("mutations of withdrawals: \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }

  /// Ids that a record calls withdrawn, under a Code that is no refusal.
  private func withdrawals(_ body: [UInt8]) -> Set<String> {
    func values(_ object: JSON, _ name: String) -> [JSON] {
      guard case .object(let members) = object else { return [] }
      return members.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let rest = body.starts(with: mark) ? body[3...] : body[...]
    let bare = Array(rest.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed())
    guard let answer = try? JSON(parsing: bare) else { return [] }
    guard values(answer, "Code").contains(where: { (Int(FormPairs.trimmed($0.text ?? "")) ?? -1) >= 0 }) else {
      return []
    }
    let records = values(answer, "Details").flatMap { $0.elements ?? [] }
    return Set(
      records.filter { record in values(record, "Status").contains { FormPairs.trimmed($0.text ?? "") == "1" } }
        .flatMap { record in values(record, "SmsID").compactMap(\.text) })
  }
}
