import HTTP
import Platform

/// The five platforms side by side and the log they share: a request in, an answer out. No sockets.
struct SandboxFloor: ~Copyable {
  private var juhe: DeskState
  private var emay: DeskState
  private var mobset: DeskState
  private var youe: DeskState
  private var eighteen: DeskState
  private var journal: Journal

  init(_ faults: FaultPlan, seed: UInt64, journal: consuming Journal, now: Moment) {
    juhe = DeskState(.juhe, faults, seed: seed, now: now.clock)
    emay = DeskState(.emay, faults, seed: seed, now: now.clock)
    mobset = DeskState(.mobset, faults, seed: seed, now: now.clock)
    youe = DeskState(.youe, faults, seed: seed, now: now.clock)
    eighteen = DeskState(.eighteen, faults, seed: seed, now: now.clock)
    self.journal = journal
    guard self.journal.logsHanded else { return }
    juhe.logsHanded = true
    emay.logsHanded = true
    mobset.logsHanded = true
    youe.logsHanded = true
    eighteen.logsHanded = true
  }

  subscript(gateway: SandboxGateway) -> DeskState {
    switch gateway {
    case .juhe: juhe
    case .emay: emay
    case .mobset: mobset
    case .youe: youe
    case .eighteen: eighteen
    }
  }

  /// What is to be pushed now, at most about `most` requests.
  mutating func takePushes(_ most: Int, now: Moment) -> [PushLetter] {
    var letters = juhe.takePushes(most, now: now)
    letters += youe.takePushes(most - letters.count, now: now)
    letters += eighteen.takePushes(most - letters.count, now: now)
    return letters
  }

  mutating func notePush(_ letter: PushLetter, _ result: ClientResult, now: Moment) {
    switch letter.gateway {
    case .juhe: Self.notePush(letter, result, &juhe, &journal, now)
    case .youe: Self.notePush(letter, result, &youe, &journal, now)
    case .eighteen: Self.notePush(letter, result, &eighteen, &journal, now)
    case .emay, .mobset: break
    }
    // What cannot be written stays in the journal's memory; the next call that tries in vain is answered with 500.
    _ = try? journal.commit()
  }

  private static func notePush(
    _ letter: PushLetter, _ result: ClientResult, _ desk: inout DeskState, _ journal: inout Journal, _ now: Moment
  ) {
    desk.notePush(letter, result, now: now)
    journal.take(handed: &desk.handedLines)
  }

  func finishBills() throws(FileError) { try journal.bills?.finish() }

  /// How many calls the log has.
  var commits: Int { journal.commits }

  /// The platform whose address this is.
  static func gateway(of path: String) -> SandboxGateway? {
    if path == JuheDesk.path { return .juhe }
    if path == MobsetDesk.path { return .mobset }
    if EmayDesk.owns(path) { return .emay }
    if YoueDesk.owns(path) { return .youe }
    return EighteenDesk.owns(path) ? .eighteen : nil
  }

  /// Serves a call; what it took stands in the log, not yet durable, when this returns.
  mutating func serve(_ request: consuming OpenedRequest, _ gateway: SandboxGateway, now: Moment) -> ServerReply {
    let reply: ServerReply
    switch gateway {
    case .juhe:
      let task = JuheDesk.task(of: request)
      reply = Self.serve(request, task, &juhe, &journal, now, JuheDesk.answer)
    case .emay:
      let task = EmayDesk.task(of: request)
      reply = Self.serve(request, task, &emay, &journal, now, EmayDesk.answer)
    case .mobset:
      let task = MobsetDesk.task(of: request)
      reply = Self.serve(request, task, &mobset, &journal, now, MobsetDesk.answer)
    case .youe:
      let task = YoueDesk.task(of: request)
      reply = Self.serve(request, task, &youe, &journal, now, YoueDesk.answer)
    case .eighteen:
      let task = EighteenDesk.task(of: request)
      reply = Self.serve(request, task, &eighteen, &journal, now, EighteenDesk.answer)
    }
    do {
      _ = try journal.commit()
      return reply
    } catch {
      // Without its log the sandbox must not claim anything.
      return ServerReply(500, body: Array(error.diagnostic.description.utf8))
    }
  }

  private typealias Answer = (consuming OpenedRequest, inout DeskState, Call, inout Journal) -> ServerReply

  private static func serve(
    _ request: consuming OpenedRequest, _ task: SandboxTask, _ desk: inout DeskState, _ journal: inout Journal,
    _ now: Moment, _ answer: Answer
  ) -> ServerReply {
    let call = desk.open(task, now: now)
    let latency = desk.latency(of: call)
    let draw = desk.draws.bits(.garbage, UInt64(call.number))
    if let fault = call.fault, fault.isBefore, let mishap = fault.mishap {
      return mishap.befall(ServerReply(delay: latency), draw: draw)
    }
    var reply = answer(request, &desk, call, &journal)
    journal.take(handed: &desk.handedLines)
    reply.delay += latency
    if let mishap = call.fault?.mishap ?? desk.mishap { reply = mishap.befall(reply, draw: draw) }
    return reply
  }
}
