/// The files that `qunfa init` writes. The credentials are the sandbox's; the numbers are invented.
enum SampleWorkspace {
  struct SampleFile: Sendable {
    var name: String
    var text: String
  }

  static let files = [
    SampleFile(name: "qunfa.toml", text: configuration),
    SampleFile(name: "campaign.toml", text: campaign),
    SampleFile(name: "contacts/sample.csv", text: contacts),
    SampleFile(name: "templates/hello.mustache", text: template),
    SampleFile(name: "templates/hello.json", text: data),
    SampleFile(name: "templates/footer.mustache", text: footer),
    SampleFile(name: "suppress/do-not-contact.csv", text: suppressed),
  ]

  private static let configuration = """
    # A workspace of qunfa. Every key is explained in docs/configuration.md.
    # All gateways below are those of 'qunfa sandbox': nothing reaches a phone. For a real account put in its address
    # and credentials, the latter as "env:NAME" or "file:PATH".

    data = "data"                # ledgers: keep this folder, back it up, on a local disk
    output = "out"               # result files: out/<campaign id>/
    time_zone = "Asia/Shanghai"
    csv_encoding = "utf-8-bom"   # what Excel opens with a double click; or utf-8, gb18030

    [suppression]
    files = ["suppress/*.csv"]

    [gateways.juhe-main]
    protocol = "juhe"
    url = "http://127.0.0.1:7862"
    account = "922011"
    password = "sandbox-juhe"
    extno = "1069012345"
    rate = 300                   # messages a second
    requests = 20                # calls a second
    concurrency = 4              # calls at a time
    price = "0.035"              # yuan a segment
    regions = ["CN"]
    signature = "【示例商城】"

    [gateways.emay-abroad]
    protocol = "emay"
    url = "http://127.0.0.1:7862"
    app_id = "EUCP-EMY-SMS0-DEMO1"
    secret_key = "sandbox-emay"
    rate = 100
    price = "0.50"
    prices = { AU = "0.42", US = "0.06", HK = "0.30" }
    regions = ["*"]
    signature = "[Demo Store]"

    [gateways.mobset-a]
    protocol = "mobset"
    url = "http://127.0.0.1:7862"
    corp_id = "300003"
    login_name = "demo"
    password = "sandbox-mobset"
    price = "0.045"
    signature = "【示例商城】"

    [gateways.youe-a]
    protocol = "youe"
    url = "http://127.0.0.1:7862"
    uid = "demo"
    password = "sandbox-youe"
    price = "0.04"
    signature = "【示例商城】"

    [gateways.18sms-a]
    protocol = "18sms"
    url = "http://127.0.0.1:7862"
    account = "demo"
    password = "sandbox-18sms"
    price = "0.038"
    signature = "【示例商城】"

    """

  private static let campaign = """
    # A campaign. The id is its identity: 'send' with the same id goes on where it stopped and sends nothing twice.
    id = "first"
    name = "第一次群发"
    department = "marketing"
    kind = "marketing"
    gateways = ["juhe-main", "emay-abroad"]   # the first that serves a number's country takes it

    [contacts]
    files = ["contacts/sample.csv"]
    phone = "手机号"
    id = "会员号"
    region = "CN"

    [message]
    template = "templates/hello.mustache"
    opt_out = "拒收请回复R"
    max_segments = 3

    [delivery]
    # start = 2026-11-11T09:00:00+08:00
    # window = "09:00-20:30"
    max_cost = "50.00"

    """

  private static let contacts = """
    会员号,手机号,姓名,积分,到期日
    M0001,13800231001,王小明,1280,2026-12-31
    M0002,138 0023 1002,李娜,96,2026-12-31
    M0003,+86 139-1023-1003,张伟,15300,2027-01-31
    M0004,8615910231004,刘洋,730,2026-11-30
    M0005,0086 186 1023 1005,欧阳文静,8,2026-12-31
    M0006,'17710231006,陈晨,4100,2027-03-31
    M0007,１３３１０２３１００７,赵磊,560,2026-12-31
    M0008,19910231008,孙悦,2045,2026-12-15
    M0009,13610231009,周杰,310,2026-12-31
    M0010,18810231010,吴敏,77,2026-12-31
    M0011,+61 412 345 678,Emma Chen,640,2026-12-31
    M0012,+852 5123 4567,何嘉欣,905,2027-02-28

    """

  private static let template = """
    尊敬的{{姓名|limit:8|default:客户}}，您的{{积分|number:,}}积分将于{{到期日|date:M月d日}}到期。{{>footer}}

    """

  private static let data = """
    { "姓名": "王小明", "积分": 1280, "到期日": "2026-12-31" }

    """

  private static let footer = """
    兑换请到任意门店。

    """

  private static let suppressed = """
    手机号
    13900231999

    """
}
