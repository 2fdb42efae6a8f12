import Commands
import Glibc

@main
enum Main {
  static func main() {
    exit(Commands.run(CommandLine.arguments))
  }
}
