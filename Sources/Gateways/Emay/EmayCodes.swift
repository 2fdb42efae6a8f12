public import Messaging

extension Emay {
  /// Section 3, and ERROR_OVER_SPEED, which the platform's sibling interface knows.
  ///
  /// Texts differ within a personality call only, so the two codes about texts look for a member there and are plain
  /// refusals elsewhere (`outcome`).
  public static let codes: [CodeMeaning] = [
    CodeMeaning("SUCCESS", .accepted, "accepted", "提交成功"),
    CodeMeaning("ERROR_APPID", .account, "app_id is wrong; correct it in qunfa.toml", "app_id 有误，请核对 qunfa.toml"),
    CodeMeaning("ERROR_PARAMS", .refused, "the request's form is wrong", "请求参数有误"),
    CodeMeaning(
      "ERROR_CLIENT_IP", .account, "this machine's IP address is not on the account's list; have it added",
      "本机 IP 不在账号白名单内，请联系平台添加"),
    CodeMeaning("ERROR_MOBILE_EMPTY", .refused, "the call holds no number", "未提供手机号"),
    CodeMeaning(
      "ERROR_MOBILE_NUMBER", .refused, "too many numbers in one call; set batch to 300 or less",
      "单次号码过多，请将 batch 设为 300 以内"),
    CodeMeaning("ERROR_MOBILE_ERROR", .memberToBlame, "a number that the platform does not take", "手机号有误"),
    CodeMeaning("ERROR_CONTENT_EMPTY", .memberToBlame, "an empty text", "短信内容为空"),
    CodeMeaning("ERROR_CUSTOM_IMSID", .refused, "our message id is longer than 32 characters", "自定义消息 ID 超过 32 位"),
    CodeMeaning("ERROR_LONG_CONTENT", .memberToBlame, "a text that is too long for the platform", "短信内容过长"),
    CodeMeaning(
      "ERROR_TIMESTAMP", .account, "the timestamp is wrong; set this machine's clock", "时间戳有误，请校准本机时钟"),
    CodeMeaning(
      "ERROR_SIGN", .account, "secret_key is wrong; correct it in qunfa.toml", "secret_key 有误，请核对 qunfa.toml"),
    CodeMeaning("ERROR_OVER_SPEED", .slowDown, "calls come too fast", "请求过于频繁"),
  ]
}
