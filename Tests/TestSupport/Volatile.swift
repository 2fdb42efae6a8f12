/// Puts placeholders in the place of what differs from run to run.
public enum Volatile {
  /// - Parameter known: texts of this run (paths, addresses) and their placeholders.
  public static func mask(_ text: String, known: [(text: String, placeholder: String)] = []) -> String {
    var text = text
    for (word, placeholder) in known where !word.isEmpty { text.replace(word, with: placeholder) }
    text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "@TIME@")
    text.replace(/\b[0-9a-f]{64}\b/, with: "@SHA256@")
    text.replace(/\b\d{20}\b/, with: "@LINK@")
    text.replace(/"seconds":\s*\d+/, with: "\"seconds\":@SECONDS@")
    text.replace(/\((\d+ h )?(\d+ min)?\s*(\d+ s)?\)\n/, with: "(@SECONDS@)\n")
    return text
  }
}
