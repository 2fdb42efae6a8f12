import Platform
import Testing

@testable import Gateways

@Suite struct FormReaderTests {
  @Test func `a push is read from query and form body alike`() {
    let push = GatewayPush(
      method: "POST", query: [("MsgID", Array("7".utf8))], contentType: "application/x-www-form-urlencoded",
      body: Array("mobile=13800138000&msg=a+b%E6%82%A8%zz&pswd=x&empty&=y".utf8))
    let form = FormReader(push)
    #expect(form.text("msgid") == "7")
    #expect(form.text("Msg") == "a b您%zz")
    #expect(form.value("empty") == [])
    #expect(form.value("absent") == nil)
    #expect(form.raw(without: ["pswd"]) == "MsgID=7&mobile=13800138000&msg=a%20b%E6%82%A8%25zz&empty=&=y")
  }

  @Test func `a JSON body is no form`() {
    let push = GatewayPush(method: "POST", contentType: "application/json", body: Array("status=1".utf8))
    #expect(FormReader(push).pairs.isEmpty)
  }

  @Test func `a form of many fields is read up to its bound`() {
    let body = Array(Array(repeating: "a=1", count: 5000).joined(separator: "&").utf8)
    #expect(FormReader(GatewayPush(method: "POST", body: body)).pairs.count == Limits.formFields)
  }
}

@Suite struct PercentCodingTests {
  static let codes: [(String, strict: String?, lenient: String)] = [
    ("a+b%20c%e6%82%A8", "a b c您", "a b c您"), ("", "", ""), ("%41", "A", "A"), ("100%", nil, "100%"),
    ("%4", nil, "%4"), ("%zz%41", nil, "%zzA"), ("%%41", nil, "%A"),
  ]

  @Test(arguments: codes)
  func `a broken code is refused or stands for itself`(coded: String, strict: String?, lenient: String) {
    #expect(PercentCoding.decode(Array(coded.utf8)[...])?.text == strict)
    #expect(PercentCoding.decodeLeniently(Array(coded.utf8)[...]).text == lenient)
  }
}
