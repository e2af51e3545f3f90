import Diagnostics

/// `.timer [on|off]`: whether the time of queries is told.
enum TimerCommand: ShellCommand {
  static let names = ["timer"]
  static let usage = ".timer [on|off]"
  static let summary = "Tells the time that each query took, or stops telling it."
  static let examples = [".timer on"]
  static let argument = CommandArgument.oneOf(["on", "off"])

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    switch words[0]?.lowercased() {
    case "on": shell.showsTime = true
    case "off": shell.showsTime = false
    case nil: shell.showsTime.toggle()
    default: throw misused("on or off?")
    }
    shell.output.say("timer is \(shell.showsTime ? "on" : "off")")
  }
}
