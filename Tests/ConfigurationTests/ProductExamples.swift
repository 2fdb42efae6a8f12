/// The examples of product.md in full.
let productConfiguration = """
  data = "data"                       # ledgers, spool and reports; on a local disk
  output = "out"                      # out/<campaign id>/…
  time_zone = "Asia/Shanghai"
  csv_encoding = "utf-8-bom"          # utf-8-bom | utf-8 | gb18030

  [suppression]
  files = ["suppress/*.csv"]          # besides opt-outs learnt from replies
  keywords = ["T", "TD", "R", "N", "退订", "0000", "STOP", "UNSUBSCRIBE"]

  [listen]
  address = "127.0.0.1"
  port = 8800
  path_secret = "env:QUNFA_LISTEN_SECRET"   # pushes come to /push/<gateway>/<secret>

  [gateways.juhe-main]                # any name; several accounts of one protocol may stand side by side
  protocol = "juhe"                   # juhe | emay | mobset | youe | 18sms
  url = "http://127.0.0.1:7862"
  account = "922011"
  password = "env:JUHE_PASSWORD"      # literal, env:NAME or file:PATH; never printed, logged or stored
  extno = "1069012345"
  rate = 300                          # messages a second
  requests = 20                       # calls a second
  concurrency = 4                     # calls in flight
  batch = 200                         # numbers a call, at most what the protocol allows
  timeout = 45                        # seconds
  price = "0.035"                     # yuan a segment, exact decimal
  prices = { AU = "0.42", US = "0.06" } # by country, before `price`
  bill_on = "accepted"                # accepted | delivered | not_failed: what the contract says is billed
  regions = ["CN"]                    # country codes it serves; ["*"] = all
  signature = "【示例商城】"            # put before the text unless the text has one
  signature_added_by = "qunfa"        # qunfa | gateway: added by the platform itself, so counted but not sent

  [bills.juhe-main]                   # and [imports.juhe-main] for report files: which column is what
  encoding = "auto"
  columns = { phone = "号码", message_id = "消息编号", segments = "计费条数", price = "单价", date = "提交时间" }
  """

let productCampaign = """
  id = "2026-11-double11"             # the campaign's identity in the ledger
  name = "双十一老客回馈"
  department = "marketing-east"
  kind = "marketing"                  # marketing | notice
  gateways = ["juhe-main", "mobset-a"]  # preference order; the first that serves a number's country takes it

  [contacts]
  files = ["contacts/2026-11-11.csv"] # .csv .tsv .txt .xml, each also .gz
  phone = "手机号"                     # column, or element/attribute for XML
  id = "会员号"                        # optional: the sender's own row id, carried to every output
  region = "CN"                       # country of numbers written without one
  encoding = "auto"                   # auto | utf-8 | utf-16 | gb18030 | …
  delimiter = "auto"
  record = "contact"                  # XML: the element that is one recipient; fields are its attributes and children, deeper ones as address/city
  dedupe = "phone"                    # phone | phone+text | none

  [message]
  template = "templates/double11.mustache"   # or text = "…"
  opt_out = "拒收请回复R"              # appended to marketing texts that lack it
  max_segments = 3                    # longer texts are rejected
  missing = "reject"                  # reject | empty: a variable without value

  [delivery]
  start = 2026-11-11T09:00:00+08:00
  window = "09:00-20:30"              # local time; outside it the run pauses (exit 5)
  rate = 200
  max_cost = "20000.00"               # refuse to start beyond it
  failover = true                     # a stopped gateway's unsent messages go to the next in `gateways`
  """
