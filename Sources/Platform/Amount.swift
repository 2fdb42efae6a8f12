/// A number with its word: `1 message`, `2 messages`; with `many`, `1 line holds`, `0 lines hold`.
public func amount(_ number: Int, _ one: String, _ many: String? = nil) -> String {
  "\(number) " + (number == 1 ? one : many ?? one + "s")
}
