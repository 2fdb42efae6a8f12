import Glibc

/// Who runs this program, for decisions that are recorded: the person behind `sudo`, else the user's name.
func personAtWork() -> String {
  if let name = unsafe getenv("SUDO_USER").map({ unsafe String(cString: $0) }), !name.isEmpty { return name }
  if let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name {
    return unsafe String(cString: name)
  }
  return "user \(getuid())"
}
