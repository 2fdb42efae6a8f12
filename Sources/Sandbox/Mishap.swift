import HTTP
import Platform

/// What becomes of an answer on its way out.
enum Mishap: Sendable, Equatable {
  case close
  case status(Int)
  case half
  case html
  case empty
  case garbage
  case slow(Double)

  /// The answer as the client gets it.
  func befall(_ reply: ServerReply, draw: UInt64) -> ServerReply {
    var reply = reply
    switch self {
    case .close: reply.ending = .noAnswer
    case .status(let status):
      reply.status = status
      reply.contentType = "text/html; charset=utf-8"
      reply.body = page("\(status) Internal Server Error")
    case .half: reply.ending = .cutAfter(reply.body.count / 2)
    case .html:
      reply.contentType = "text/html; charset=utf-8"
      reply.body = page("系统维护中，请稍后再试")
    case .empty: reply.body = []
    case .garbage: reply.body = noise(draw)
    case .slow(let seconds): reply.delay += seconds
    }
    return reply
  }

  private func page(_ words: String) -> [UInt8] {
    Array("<html><head><title>\(words)</title></head><body><h1>\(words)</h1><hr>nginx/1.18.0</body></html>\n".utf8)
  }

  /// 64 bytes that are neither UTF-8 nor any of the answers' forms.
  private func noise(_ draw: UInt64) -> [UInt8] {
    [0xFF] + (0..<63).map { UInt8(truncatingIfNeeded: mixed(draw &+ $0) >> 32) }
  }
}
