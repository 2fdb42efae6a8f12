import Platform

/// A message that a platform took, as its bill needs it.
struct BilledMessage {
  var digits: UInt64
  var zeros: UInt8
  var firstID: UInt64
  var ids: Int
  var segments: Int
  var link: [UInt8]
  var outcome: Outcome?
  var isPartial: Bool
  var time: CivilTime
}

/// The platforms' accountants: a bill for each account, with errors that planted.csv lists.
///
/// Lines go to the files as messages come, so memory does not grow with them. The files have their names once the
/// sandbox has ended.
final class BillOffice {
  private let folder: String
  private let faults: FaultPlan
  private var clerks: [String: BillClerk] = [:]
  private var planted: BillWriter
  /// What went wrong first; told at the end, as no platform stops for its accountant.
  private var failure: FileError?

  init(folder: String, _ faults: FaultPlan) throws(FileError) {
    self.folder = folder
    self.faults = faults
    try Files.makeFolder(folder)
    planted = try BillWriter(path: folder + "/planted.csv", header: Array("gateway,phone,message_id,kind\n".utf8))
  }

  func note(_ message: BilledMessage, _ gateway: SandboxGateway, account: String) {
    guard failure == nil else { return }
    do {
      let clerk = try clerk(gateway, account)
      for plant in try clerk.note(message) { try plantedLine(gateway, plant) }
    } catch {
      failure = error
    }
  }

  private func clerk(_ gateway: SandboxGateway, _ account: String) throws(FileError) -> BillClerk {
    let name = gateway.rawValue + "-" + account
    if let clerk = clerks[name] { return clerk }
    let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    let clerk = try BillClerk(
      gateway, path: folder + "/\(safe).csv", faults.desks[gateway] ?? DeskPlan(gateway), faults.bills)
    clerks[name] = clerk
    return clerk
  }

  private func plantedLine(_ gateway: SandboxGateway, _ plant: BillClerk.Plant) throws(FileError) {
    try planted.write("\(gateway.rawValue),\(plant.phone),\(plant.id),\(plant.kind)\n")
  }

  /// Completes the bills and gives them their names.
  func finish() throws(FileError) {
    if let failure { throw failure }
    for (_, clerk) in clerks.sorted(by: { $0.key < $1.key }) {
      for plant in try clerk.finish() { try plantedLine(clerk.gateway, plant) }
    }
    try planted.finish()
  }
}

/// A file that is written in large pieces beside its name.
struct BillWriter: ~Copyable {
  private let path: String
  private let file: File
  private var buffer = ByteBuffer(capacity: 64 * 1024)

  init(path: String, header: [UInt8]) throws(FileError) {
    self.path = path
    file = try File(path + ".part", .write)
    buffer.append(header)
  }

  mutating func write(_ line: String) throws(FileError) {
    buffer.append(line)
    if buffer.count >= 60 * 1024 { try flush() }
  }

  private mutating func flush() throws(FileError) {
    try file.write(buffer.span)
    buffer.clear()
  }

  mutating func finish() throws(FileError) {
    try flush()
    try Files.move(path + ".part", to: path)
  }
}
