import Configuration

extension Configuration {
  /// Accounts that share another's login at the vendor, by name, with the first account of that login.
  var sharedLogins: [String: String] {
    var first: [[String]: String] = [:]
    var logins: [String: String] = [:]
    for account in accounts {
      let login = ["account", "app_id", "corp_id", "login_name", "uid"].map { account.values[$0] ?? "" }
      // A host is the same in capital letters.
      let key = [account.type.name, account.url?.lowercased() ?? ""] + login
      if let other = first[key] { logins[account.name] = other } else { first[key] = account.name }
    }
    return logins
  }

  /// The accounts with the login of `name`, itself included: what one of them fetches may be about messages of each.
  func accounts(sharing name: String) -> [String] {
    let logins = sharedLogins
    let login = logins[name] ?? name
    return [login] + logins.filter { $0.value == login }.map(\.key).sorted()
  }
}
