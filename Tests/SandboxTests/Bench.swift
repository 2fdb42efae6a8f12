import HTTP
import JSON
import Platform

@testable import Sandbox

/// The five platforms without sockets, at a time that stands still unless a test moves it.
struct Bench: ~Copyable {
  var floor: SandboxFloor
  /// 2026-11-11 09:00:00 in Beijing.
  var now = Moment(wall: Timestamp(seconds: 1_794_358_800), clock: 1000)

  init(_ toml: String = "", log: String? = nil, handed: String? = nil) throws {
    let faults = try FaultPlan(toml: Array(("seed = 1\n" + toml).utf8), file: "faults.toml")
    floor = SandboxFloor(faults, seed: faults.seed ?? 0, journal: try Journal(path: log, handedPath: handed), now: now)
  }

  mutating func wait(_ seconds: Double) {
    now.clock += seconds
    now.wall = now.wall + seconds
  }

  mutating func serve(_ request: ServerRequest) -> ServerReply {
    guard let gateway = SandboxFloor.gateway(of: request.path) else { return ServerReply(404) }
    return floor.serve(OpenedRequest(request, path: request.path), gateway, now: now)
  }

  // MARK: Requests as each document asks for them; `changes` replaces or, with nil, drops fields

  mutating func juhe(_ action: String, _ changes: [String: String?] = [:], method: String = "POST") -> ServerReply {
    var fields: [(String, String)] = [
      ("action", action), ("account", "922011"), ("password", "sandbox-juhe"), ("extno", "1069012345"), ("rt", "json"),
    ]
    if action == "send" { fields += [("mobile", "13800138000"), ("content", "【示例】您好")] }
    if action == "p2p" { fields += [("mobileContentList", "13800138000#【示例】您好\r")] }
    return serve(form("/sms", fields, changes, method))
  }

  mutating func mobset(_ methods: String, _ changes: [String: String?] = [:], method: String = "POST") -> ServerReply {
    let time = changes["TimeStamp"].flatMap { $0 } ?? now.beijing.compact
    var fields: [(String, String)] = [
      ("Methods", methods), ("CorpID", "300003"), ("LoginName", "demo"), ("TimeStamp", time),
      ("SecretKey", md5("300003sandbox-mobset\(time)")),
    ]
    if methods == "SmsSend" { fields += [("PhoneNumbers", "13800138000"), ("Content", "【示例】您好")] }
    return serve(form("/SDK3/Sms", fields, changes, method))
  }

  mutating func youe(_ name: String, _ changes: [String: String?] = [:], method: String = "POST") -> ServerReply {
    var fields: [(String, String)] = [("uid", "demo"), ("pwd", md5("sandbox-youe"))]
    if name.hasSuffix("SendSms") { fields += [("mobile", "13800138000"), ("msg", "【示例】您好")] }
    return serve(form("/smsmarketing/wwwroot/interface/\(name)", fields, changes, method))
  }

  mutating func eighteen(_ changes: [String: String?] = [:], method: String = "POST") -> ServerReply {
    let fields = [
      ("account", "demo"), ("pswd", "sandbox-18sms"), ("mobile", "13800138000"), ("msg", "【示例】您好"),
      ("needstatus", "true"), ("product", ""), ("extno", ""),
    ]
    return serve(form("/msg/HttpBatchSendSM", fields, changes, method))
  }

  mutating func eighteenBalance(_ changes: [String: String?] = [:]) -> ServerReply {
    serve(form("/msg/QueryBalance", [("account", "demo"), ("pswd", "sandbox-18sms")], changes, "GET"))
  }

  mutating func emay(_ name: String, _ members: [(String, JSON)] = [], without: String = "") -> ServerReply {
    let time = now.beijing.compact
    let app = "EUCP-EMY-SMS0-DEMO1"
    var body = [
      JSON.Member("appId", .string(app)), JSON.Member("timestamp", .string(time)),
      JSON.Member("sign", .string(md5("\(app)sandbox-emay\(time)"))),
    ]
    for (name, value) in members {
      body.removeAll { $0.name == name }
      body.append(JSON.Member(name, value))
    }
    body.removeAll { $0.name == without }
    let type = [(name: "content-type", value: "application/json;charset=utf-8")]
    let bytes = Array(JSON.object(body).serialized.utf8)
    return serve(ServerRequest(method: "POST", path: "/inter/\(name)", headers: type, body: bytes))
  }

  private func form(
    _ path: String, _ fields: [(String, String)], _ changes: [String: String?], _ method: String
  ) -> ServerRequest {
    var fields = fields
    for (name, value) in changes {
      fields.removeAll { $0.0 == name }
      if let value { fields.append((name, value)) }
    }
    if method == "GET" {
      return ServerRequest(method: method, path: path, query: fields.map { (name: $0.0, value: Array($0.1.utf8)) })
    }
    let type = [(name: "content-type", value: "application/x-www-form-urlencoded")]
    let body = fields.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
    return ServerRequest(method: method, path: path, headers: type, body: Array(body.utf8))
  }
}

func md5(_ text: String) -> String { Digest.hex(Digest.md5(Array(text.utf8))) }

extension ServerReply {
  var text: String { body.text }
  var json: JSON { (try? JSON(parsing: body)) ?? .null }
}

/// One emay message.
func message(_ mobile: String, custom: String? = nil, content: String? = nil) -> JSON {
  var members = [JSON.Member("mobile", .string(mobile))]
  if let custom { members.append(JSON.Member("customImsId", .string(custom))) }
  if let content { members.append(JSON.Member("content", .string(content))) }
  return .object(members)
}
