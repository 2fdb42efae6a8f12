public import Messaging

extension Juhe {
  /// `status` (of the call, sections 7 and 10) and `result` (of one number, section 8) share no code but 0, so one
  /// table holds both.
  ///
  /// 1, 4, 5 and 100 are refusals: each is a documented no to the whole call and comes without message ids, and 100 is
  /// what an account without a route to an operator gets, an everyday matter that needs no inquest.
  public static let codes: [CodeMeaning] = [
    CodeMeaning("0", .accepted, "accepted", "提交成功"),
    CodeMeaning(
      "1", .refused, "the request's form is wrong; check p2p_separator and p2p_newline",
      "请求格式不对，请检查 p2p_separator 与 p2p_newline"),
    CodeMeaning(
      "2", .account, "this machine's IP address is not on the account's list; have it added",
      "本机 IP 不在账号白名单内，请联系平台添加"),
    CodeMeaning("3", .account, "account or password is wrong; correct them in qunfa.toml", "账号或密码有误，请核对 qunfa.toml"),
    CodeMeaning("4", .refused, "the platform expects another version of the protocol", "平台要求的协议版本不符"),
    CodeMeaning("5", .refused, "refused for a reason that the platform does not name", "平台拒绝，未说明原因"),
    CodeMeaning(
      "6", .account, "the account is set up for another access (CMPP); have HTTP opened",
      "该账号开通的是其他接入方式（如 CMPP），请联系平台开通 HTTP"),
    CodeMeaning("7", .account, "the account is stopped; ask the platform", "账号已停用，请联系平台"),
    CodeMeaning(
      "10", .account, "the access number extno is wrong; correct it in qunfa.toml", "接入号 extno 有误，请核对 qunfa.toml"),
    CodeMeaning("15", .account, "the balance is too low; top up", "余额不足，请充值"),
    CodeMeaning("17", .refused, "the signature is not registered for this account", "签名未在该账号报备"),
    CodeMeaning("21", .slowDown, "too many connections at once", "并发连接过多"),
    CodeMeaning(
      "100", .refused, "refused inside the platform, usually no route to this number's operator",
      "平台内部拒绝，多为该账号没有该运营商的通道"),
    CodeMeaning("102", .refused, "too many numbers in one call; set batch to 200 or less", "单次号码过多，请将 batch 设为 200 以内"),
  ]
}
