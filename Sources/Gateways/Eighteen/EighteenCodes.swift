public import Messaging

extension Eighteen {
  /// Document, "响应状态值说明" and, for the balance, "提交响应值".
  public static let codes: [CodeMeaning] = [
    CodeMeaning("0", .accepted, "taken", "提交成功"),
    CodeMeaning("101", .account, "no such user", "没有这个用户"),
    CodeMeaning("102", .account, "the password is wrong", "密码不对"),
    CodeMeaning("103", .slowDown, "submitted or asked too fast", "提交或查询过快，超过流速限制"),
    CodeMeaning("104", .slowDown, "the platform is busy", "平台繁忙，暂时不能处理"),
    CodeMeaning("105", .refused, "the text holds a forbidden word", "短信内容有敏感词"),
    CodeMeaning("106", .refused, "the text is empty or longer than 536", "内容长度不对（大于 536 或为空）"),
    CodeMeaning("107", .memberToBlame, "a number is wrong", "含有错误的手机号码"),
    CodeMeaning(
      "108", .refused, "too many or too few numbers, for the protocol or for this account",
      "手机号码个数不对（超过上限，或低于帐号的最低群发数）"),
    CodeMeaning("109", .account, "no messages left to send", "可用的短信数已经用完"),
    CodeMeaning("110", .account, "sending is not allowed at this hour", "不在允许发送的时间内"),
    CodeMeaning("111", .account, "more than the account may send in a month", "超过帐号当月的发送额度"),
    CodeMeaning("112", .account, "the account does not have this product", "没有订购该产品"),
    CodeMeaning(
      "113", .refused, "extno is not digits or has a wrong length: check the setting", "extno 格式不对（不是数字或长度不对），请检查配置"),
    CodeMeaning("115", .refused, "refused by automatic review", "自动审核没有通过"),
    CodeMeaning("116", .refused, "the signature is missing or not allowed", "签名不合法，或没有签名"),
    CodeMeaning("117", .account, "this IP address is not registered", "IP 地址没有登记"),
    CodeMeaning("118", .account, "the user has no right to send this", "用户没有相应的发送权限"),
    CodeMeaning("119", .account, "the user's contract has run out", "用户已经过期"),
    CodeMeaning("120", .refused, "the text is not on the white list", "内容不在白名单里"),
  ]
}
