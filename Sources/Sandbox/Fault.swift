/// One way in which a platform misbehaves, and when.
public struct Fault: Sendable, Equatable {
  /// What goes wrong. `before` means that nothing was taken, `after` that everything was.
  public enum Kind: String, Sendable, CaseIterable {
    case closeBefore = "close_before"
    case closeAfter = "close_after"
    case statusBefore = "status_500_before"
    case statusAfter = "status_500_after"
    /// Taken; the header promises the whole answer, half of it comes.
    case halfAnswer = "half_answer"
    /// Not taken: a page such as a proxy puts up, with HTTP status 200.
    case html
    case htmlAfter = "html_after"
    /// Taken; the answer has no bytes.
    case empty
    /// Taken; the answer is noise.
    case garbage
    /// Taken at once; the answer comes late.
    case slow
    /// Not taken: the platform's code for "too fast" or "busy".
    case busy
    /// Not taken: the platform's refusal with the code that `code` names.
    case answer
    /// Taken; the first number is missing in the answer.
    case missing
    /// Taken; the first number stands twice in the answer.
    case twice
  }

  /// Which calls it befalls. Calls of one task at one platform are counted from 1.
  public enum Trigger: Sendable, Equatable {
    /// Each `n`th.
    case every(Int)
    /// Drawn by seed, platform and call number.
    case probability(Double)
    case calls([Int])
    case range(ClosedRange<Int>)
  }

  public var kind: Kind
  public var trigger: Trigger
  public var task: SandboxTask
  /// How late a `slow` answer is.
  public var seconds: Double
  /// The HTTP status of the `status_500_…` kinds.
  public var status: Int
  /// The code of an `answer`.
  public var code: String

  public init(
    _ kind: Kind, _ trigger: Trigger, on task: SandboxTask = .submit, seconds: Double = 3, status: Int = 500,
    code: String = ""
  ) {
    self.kind = kind
    self.trigger = trigger
    self.task = task
    self.seconds = seconds
    self.status = status
    self.code = code
  }

  /// Whether it befalls a call; `draw` lies in 0..<1.
  func befalls(_ call: Int, draw: Double) -> Bool {
    switch trigger {
    case .every(let step): step > 0 && call % step == 0
    case .probability(let share): draw < share
    case .calls(let numbers): numbers.contains(call)
    case .range(let range): range.contains(call)
    }
  }

  /// What becomes of the call; nil when the platform answers as always.
  var mishap: Mishap? {
    switch kind {
    case .closeBefore, .closeAfter: .close
    case .statusBefore, .statusAfter: .status(status)
    case .halfAnswer: .half
    case .html, .htmlAfter: .html
    case .empty: .empty
    case .garbage: .garbage
    case .slow: .slow(seconds)
    case .busy, .answer, .missing, .twice: nil
    }
  }

  /// Whether the call goes wrong before the platform looks at it.
  var isBefore: Bool { kind == .closeBefore || kind == .statusBefore || kind == .html }
}
