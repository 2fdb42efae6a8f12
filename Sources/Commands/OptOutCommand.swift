import Campaigns
import Configuration
import JSON
import Ledger
import Messaging
import Platform
import Tables

extension Command {
  static let optOut = Command(
    name: "optout", caption: "The numbers that get nothing: list, add, remove, import, export",
    operands: "list | add NUMBER… | remove NUMBER… | import FILE… | export FILE",
    operandCount: 1...Limits.optOutOperands,
    options: [
      Option("--region", value: "CC", "The country of numbers written without one (default: CN)")
    ],
    details: """
      list prints number, date and source of each. In place of numbers, - reads them from standard input, one a line, so
      that they stay out of the shell's history. import takes a CSV file or a plain list, in any written form of a number;
      export writes a CSV file that import reads again.
      Exit codes: 2 an operand is no number (nothing was done), 3 a file cannot be used, 4 some lines hold no number.
      """,
    example: "qunfa optout add 13800138000"
  ) { (invocation) throws(RunError) in
    guard let verb = OptOutVerb(rawValue: invocation.operands[0]) else {
      throw OptOutVerb.unknown(invocation.operands[0])
    }
    let operands = Array(invocation.operands.dropFirst())
    try verb.check(operands)
    let list = try OptOutList(invocation)
    switch verb {
    case .list: return try list.show()
    case .add: return try list.add(operands)
    case .remove: return try list.remove(operands)
    case .import: return try list.load(operands)
    case .export: return try list.export(operands[0])
    }
  }
}

private enum OptOutVerb: String, CaseIterable {
  case list, add, remove, `import`, export

  static func unknown(_ word: String) -> RunError {
    let words = allCases.map(\.rawValue)
    let near = nearest(to: word, among: words).map { "Did you mean '\($0)'? " } ?? ""
    return RunError(
      .usage,
      Diagnostic(
        "found '\(word)' behind 'optout'", expected: words.joined(separator: ", "),
        next: near + "See 'qunfa optout --help'."))
  }

  /// Whether so many operands may follow.
  func check(_ operands: [String]) throws(RunError) {
    let fits =
      switch self {
      case .list: operands.isEmpty
      case .add, .remove, .import: !operands.isEmpty
      case .export: operands.count == 1
      }
    guard fits else {
      let expected =
        switch self {
        case .list: "nothing"
        case .add, .remove: "one number or more, or -"
        case .import: "one file or more"
        case .export: "one file"
        }
      throw RunError(
        .usage,
        Diagnostic(
          "found \(operands.isEmpty ? "nothing" : "\(operands.count) operands") behind 'optout \(rawValue)'",
          expected: expected, next: "See 'qunfa optout --help'."))
    }
  }
}

/// The workspace's opt-outs, and what a person does with them.
private struct OptOutList {
  private let invocation: Invocation
  private let configuration: Configuration
  private let store: WorkspaceStore
  private let home: Region

  init(_ invocation: Invocation) throws(RunError) {
    self.invocation = invocation
    let word = invocation.value("--region") ?? "CN"
    guard let home = Region(word), home.hasNumberingPlan else {
      throw RunError(.usage, Diagnostic("found '\(word)' for --region", expected: "a country's two capital letters"))
    }
    self.home = home
    let workspace = try invocation.openWorkspace()
    configuration = workspace.configuration
    do throws(LedgerError) { store = try workspace.store() } catch { throw storeError(error) }
  }

  // MARK: Showing

  func show() throws(RunError) -> ExitCode {
    var all: [WorkspaceStore.OptOut] = []
    do throws(LedgerError) { try store.forEachOptOut { all.append($0) } } catch { throw storeError(error) }
    if invocation.wantsJSON {
      let entries = all.map { optOut -> JSON in
        [
          "phone": .string(PhoneNumber.written(optOut.number)),
          "added_at": .string(configuration.zone.civil(optOut.addedAt).spaced), "source": .string(optOut.source),
          "text": .string(optOut.text), "campaign": .string(optOut.campaign),
        ]
      }
      invocation.console.print(JSON.object([.init("optouts", .array(entries))]).serialized)
      return .done
    }
    guard !all.isEmpty else {
      invocation.console.print("nobody has opted out yet")
      return .done
    }
    // Numbers stand to the left, with or without +.
    var table = TextTable(["phone", "since", "source"])
    for optOut in all {
      table.add([
        PhoneNumber.written(optOut.number), configuration.zone.civil(optOut.addedAt).spaced, optOut.source,
      ])
    }
    invocation.console.print(table.text)
    return .done
  }

  func export(_ name: String) throws(RunError) -> ExitCode {
    let path = invocation.inFolder(name)
    var all: [WorkspaceStore.OptOut] = []
    do throws(LedgerError) { try store.forEachOptOut { all.append($0) } } catch { throw storeError(error) }
    let format = CSVWriter.Format(
      encoding: CSVWriter.Encoding(rawValue: configuration.csvEncoding.rawValue) ?? .utf8BOM,
      lineEnd: configuration.csvLineEnding == .crlf ? .crlf : .lf)
    do throws(TableError) {
      var writer = try CSVWriter.create(
        path, columns: ["phone", "added_at", "source", "text", "campaign"], format: format)
      for optOut in all {
        writer.field(PhoneNumber.written(optOut.number))
        writer.field(configuration.zone.civil(optOut.addedAt).spaced)
        writer.field(optOut.source)
        writer.field(optOut.text)
        writer.field(optOut.campaign)
        try writer.endRow()
      }
      try writer.finish()
    } catch { throw RunError(.gatewayStopped, error.diagnostic) }
    say("exported", all.count, of: all.count, "")
    return .done
  }

  // MARK: Changing

  func add(_ operands: [String]) throws(RunError) -> ExitCode {
    let (numbers, unreadable) = try numbers(operands)
    let added = try insert(numbers, source: "person")
    say("added", added, of: numbers.count, "were on the list already")
    return unreadable == 0 ? .done : .partly
  }

  func remove(_ operands: [String]) throws(RunError) -> ExitCode {
    let (numbers, unreadable) = try numbers(operands)
    let removed: Int
    do throws(LedgerError) { removed = try store.remove(optOuts: numbers) } catch { throw storeError(error) }
    say("removed", removed, of: numbers.count, "were not on the list")
    return unreadable == 0 ? .done : .partly
  }

  func load(_ files: [String]) throws(RunError) -> ExitCode {
    var unreadable = 0
    // All files are read before the list changes: one that cannot be used changes nothing.
    var lists: [(name: String, numbers: [UInt64])] = []
    for file in files {
      let list = try NumberList(path: invocation.inFolder(file), home: home)
      warn(list.unreadable, file)
      unreadable += list.unreadable
      lists.append((Files.name(of: file), list.numbers))
    }
    var added = 0
    var read = 0
    for list in lists {
      added += try insert(list.numbers, source: list.name)
      read += list.numbers.count
    }
    say("added", added, of: read, "were on the list already")
    return unreadable == 0 ? .done : .partly
  }

  private func insert(_ numbers: [UInt64], source: String) throws(RunError) -> Int {
    let now = invocation.console.now()
    do throws(LedgerError) {
      return try store.add(numbers.map { WorkspaceStore.OptOut(number: $0, addedAt: now, source: source) })
    } catch { throw storeError(error) }
  }

  // MARK: Numbers

  /// The operands' numbers, `-` being those of standard input. An operand that is none is a fault of the command line,
  /// a line of standard input that is none is counted and told. Neither is quoted.
  private func numbers(_ operands: [String]) throws(RunError) -> (numbers: [UInt64], unreadable: Int) {
    var numbers: [UInt64] = []
    var unreadable = 0
    for (index, operand) in operands.enumerated() {
      if operand == "-" {
        let lines = try standardInput()
        for (line, text) in lines where !text.isEmpty {
          switch PhoneNumber.judge(Array(text).span, home: home) {
          case .valid(let number, _): numbers.append(number)
          case .rejected(let fault):
            unreadable += 1
            invocation.console.tell(
              Diagnostic(
                "no phone number: \(fault.detail)", severity: .warning, at: Place(file: "standard input", line: line)))
          }
        }
        continue
      }
      switch PhoneNumber.judge(Array(operand.utf8).span, home: home) {
      case .valid(let number, _): numbers.append(number)
      case .rejected(let fault):
        throw RunError(
          .usage, Diagnostic("operand \(index + 1) is no phone number: \(fault.detail)", next: "Nothing was changed."))
      }
    }
    return (numbers, unreadable)
  }

  /// The lines of standard input, numbered, without what ends them.
  private func standardInput() throws(RunError) -> [(line: Int, text: ArraySlice<UInt8>)] {
    do throws(FileError) {
      let bytes = try Files.read("/dev/stdin", limit: Limits.optOutInputBytes, as: .stream)
      return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().map { number, line in
        (number + 1, line.last == 0x0D ? line.dropLast() : line)
      }
    } catch { throw RunError(.input, error.diagnostic) }
  }

  // MARK: Words

  private func warn(_ unreadable: Int, _ file: String) {
    guard unreadable > 0 else { return }
    let lines = amount(unreadable, "line holds", "lines hold")
    invocation.console.tell(Diagnostic("\(lines) no number", severity: .warning, at: Place(file: file)))
  }

  private func say(_ done: String, _ count: Int, of all: Int, _ rest: String) {
    if invocation.wantsJSON {
      invocation.console.print(JSON.object([.init(done, JSON(count)), .init("numbers", JSON(all))]).serialized)
    } else {
      let others = all > count ? ", \(all - count) \(rest)" : ""
      invocation.console.print("\(done) \(count) \(count == 1 ? "number" : "numbers")\(others)")
    }
  }
}

/// A store that the disk refuses stops the command (6); one that cannot be understood is an internal error.
private func storeError(_ error: LedgerError) -> RunError {
  RunError(error.isStorageFault ? .gatewayStopped : .internalError, error.diagnostic)
}
