import JSON
import Mustache
import Platform
import TestSupport
import Testing

/// What each formatter makes of a value; nil where it cannot read it.
@Suite struct FormatterTests {
  private func shape(_ value: String, _ formatters: String) throws -> String? {
    let (result, text) = try merge("{{v|\(formatters)}}", ["v": value], missing: .empty)
    // Both ways of merging must agree.
    let general = try? render("{{v|\(formatters)}}", ["v": .string(value)])
    #expect(general == (result == .merged ? text : nil))
    if case .badValue(let column, let formatter) = result {
      #expect(column == 0 && formatters.contains(formatter))
    }
    return result == .merged ? text : nil
  }

  @Test(arguments: [
    ("1234.5", "money", "1234.50"), ("1,234.5", "money", "1234.50"), ("1234567.891", "money:,", "1,234,567.89"),
    ("0.005", "money", "0.01"), ("-0.001", "money", "0.00"), ("-12.345", "money", "-12.35"),
    ("999.995", "money", "1000.00"),
    (".5", "money", "0.50"), ("5.", "money", "5.00"), (" 7 ", "money", "7.00"), ("￥1,234.50", "money", "1234.50"),
    ("¥ -3", "money", "-3.00"), ("-¥3", "money", "-3.00"), ("12元", "money", "12.00"),
    ("99.89999999999999", "money", "99.90"),
    ("123456789012345678901234567890", "money:,", "123,456,789,012,345,678,901,234,567,890.00"),
    ("1000", "money:,", "1,000.00"), ("999", "money:,", "999.00"), ("007", "money", "7.00"), ("+5", "money", "5.00"),
    ("", "money", ""), ("  ", "money", ""),
    ("1,234", "number", "1234"), ("12345.60", "number:,", "12,345.60"), ("0.007", "number", "0.007"),
    ("-0", "number", "0"), ("00012", "number", "12"), ("1234567", "number:,", "1,234,567"),
  ]) func `numbers keep exact digits`(value: String, formatter: String, text: String) throws {
    #expect(try shape(value, formatter) == text)
  }

  @Test(arguments: [
    "abc", "12,34", "1,2345", ",123", "1,,234", "1.2.3", "1e5", "12 34", ".", "-", "¥", "1,234,", "--1", "１２",
    "1234567890123456789012345678901", "0.1234567890123456789012345678901", "0x10", "元",
  ]) func `money refuses what is no amount`(value: String) throws {
    #expect(try shape(value, "money") == nil)
  }

  @Test func `a number carries no currency`() throws { #expect(try shape("¥5", "number") == nil) }

  @Test(arguments: [
    ("2026-11-11", "M月d日", "11月11日"), ("2026/1/2", "MM月dd日", "01月02日"), ("2026.1.2", "yy/M/d", "26/1/2"),
    ("20261111", "yyyy年M月d日", "2026年11月11日"), ("2026年11月1日", "yyyy-MM-dd", "2026-11-01"),
    ("2026年3月8号", "M.d", "3.8"), ("2026-11-11 9:05", "HH:mm:ss", "09:05:00"),
    ("2026-11-11T09:05:30", "H点m分s秒", "9点5分30秒"),
    ("2026-11-11T09:05:30.123+08:00", "HH:mm:ss", "09:05:30"), ("2026-11-11T01:02:03Z", "H:m:s", "1:2:3"),
    ("20261111090530", "yyyyMMddHHmmss", "20261111090530"), ("202611110905", "HH:mm", "09:05"),
    ("2026年11月11日 9时30分", "H:mm", "9:30"), ("2026年11月11日9点", "HH:mm", "09:00"),
    ("2026年11月11日 9时30分15秒", "H:mm:ss", "9:30:15"), ("2026-11-11 9：30", "H:mm", "9:30"),
    ("2026-11-11", "E", "周三"), ("2026-11-15", "EEEE", "星期日"), ("2024-02-29", "M-d E", "2-29 周四"),
    ("2000-01-01", "E", "周六"), (" 2026-11-11 ", "yyyy-MM-dd", "2026-11-11"), ("2026-11-11", "dT", "11T"),
    ("0999-01-01", "yyyy", "0999"),
  ]) func `dates are read as files write them and written as asked`(value: String, pattern: String, text: String) throws
  {
    #expect(try shape(value, "date:\(pattern)") == text)
  }

  @Test func `a date without pattern is written in ISO order`() throws {
    #expect(try shape("2026/1/2", "date") == "2026-01-02")
  }

  @Test(arguments: [
    "abc", "46337", "2026-13-01", "2026-02-29", "2026-00-10", "2026-11-31", "2026-11", "2026-11/11", "26-11-11",
    "2026-11-11 25:00", "2026-11-11 9", "2026-11-11x", "2026-11-11 9:60", "202611", "2026年11月", "11月11日",
    "2026-11-11 09:05:61",
    "2026-11-11 09:05 下午", "123456789012345678",
  ]) func `a date refuses what is no day or time`(value: String) throws {
    #expect(try shape(value, "date:M月d日") == nil)
  }

  @Test(arguments: [
    ("欧阳娜娜小姐", "limit:4", "欧阳娜娜"), ("Li", "limit:4", "Li"), ("Alexander", "limit:4", "Alex"), ("张三", "limit:2", "张三"),
    ("👨‍👩‍👧👍🏽🇨🇳x", "limit:2", "👨‍👩‍👧👍🏽"), ("é́abc", "limit:2", "é́a"), ("张👍🏽三", "limit:2", "张👍🏽"), ("a\r\nb", "limit:2", "a\r\n"),
    ("a\nbc", "limit:2", "a\n"), ("e\u{301}x", "limit:1", "e\u{301}"), ("张\u{FE0F}三", "limit:1", "张\u{FE0F}"),
    ("13800138000", "last:4", "8000"), ("张三", "last:4", "张三"), ("ab👍🏽👨‍👩‍👧", "last:2", "👍🏽👨‍👩‍👧"),
    ("13800138000", "mask", "138****8000"), ("张三丰", "mask:1,0", "张**"), ("1234567", "mask", "*******"),
    ("张👍🏽三", "mask:1,1", "张*三"),
    ("欧阳娜娜", "mask:1,1", "欧**娜"), ("1234567890123456", "mask:0,4", "************3456"),
    ("  张三　", "trim", "张三"), ("\u{A0}a\t", "trim", "a"), ("aBc张é", "upper", "ABC张é"), ("ABC张", "lower", "abc张"),
    ("", "default:客户", "客户"), (" 　", "default:客户", "客户"), ("张三", "default:客户", "张三"), ("", "default: a b ", "a b"),
    ("", "default:", ""),
    ("", "default:0|money", "0.00"), ("", "money|default:免费", "免费"), ("", "default:a:b", "a:b"),
    (" 欧阳娜娜 ", "trim | limit:2 | default:客户", "欧阳"), ("abcdef", "last:4|limit:2|upper", "CD"),
  ]) func `characters are counted as people see them`(value: String, formatter: String, text: String) throws {
    #expect(try shape(value, formatter) == text)
  }

  @Test func `cutting agrees with the standard library on mixed text`() throws {
    var random = SeededGenerator(seed: 1)
    let pieces = [
      "a", "汉", "。", "\u{301}", "👍", "\u{1F3FD}", "\u{200D}", "🇨", "🇳", "\r", "\n", "한", "々", "\u{FE0F}", "１", "ก", "ำ",
    ]
    for _ in 0..<2000 {
      let value =
        "x"
        + (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let count = Int.random(in: 1...6, using: &random)
      #expect(try shape(value, "limit:\(count)") == String(value.prefix(count)))
      #expect(try shape(value, "last:\(count)") == String(value.suffix(count)))
    }
  }

  @Test func `formatters work in all forms of a variable`() throws {
    #expect(try render("{{{a|limit:2}}}{{&a|limit:1}}{{=< >=}}<a|limit:1>", ["a": "<>x"], html: true) == "<><&lt;")
    #expect(try render("{{a|upper}}", ["a": "<b>"], html: true) == "&lt;B&gt;")
  }

  @Test func `formatters take JSON numbers by their digits`() throws {
    #expect(try render("{{a|money}}", ["a": .number("1234.5")]) == "1234.50")
    #expect(try render("{{a|date:M月d日}}", ["a": .number("20261111")]) == "11月11日")
  }
}
