import Configuration
import Platform

/// A gateway that has all it needs, in lines 1 to 8.
let oneGateway = """
  [gateways.a]
  protocol = "juhe"
  url = "http://127.0.0.1:7862"
  account = "922011"
  password = "env:QUNFA_TEST_UNSET"
  extno = "1069"
  price = "0.035"

  """

func configuration(_ text: String, mode: UInt32 = 0o600) throws(ConfigurationError) -> Configuration {
  try Configuration.parse(text, workspace: "/work space", registry: fakes, mode: mode)
}

/// The faults of a qunfa.toml as a person reads them.
func faults(_ text: String) -> [String] {
  do throws(ConfigurationError) {
    _ = try configuration(text)
    return []
  } catch { return error.diagnostics.map(\.description) }
}

func campaign(_ text: String, in settings: String = oneGateway) throws(ConfigurationError) -> CampaignFile {
  try CampaignFile.parse(text, configuration: try configuration(settings))
}

/// The faults of a campaign.toml as a person reads them.
func campaignFaults(_ text: String, in settings: String = oneGateway) -> [String] {
  do throws(ConfigurationError) {
    _ = try campaign(text, in: settings)
    return []
  } catch { return error.diagnostics.map(\.description) }
}
