import Columnar
import Diagnostics
import Presentation

/// `.set NAME VALUE`: how the shell behaves.
enum SetCommand: ShellCommand {
  static let names = ["set"]
  static let usage = ".set [NAME VALUE]"
  static let summary = "Sets how the shell behaves; .show settings lists what can be set."
  static let examples = [".set rows 100", ".set pager off", ".set timeout 30"]
  static let argument = CommandArgument.oneOf(settings.map(\.name))

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let name = words[0] else { return try list(shell) }
    guard let setting = settings.first(where: { $0.name == name.lowercased() }) else {
      throw DossierError(
        .misusedCommand, ".set: there is no setting '\(name)'",
        hint: nearestName(to: name, among: settings.map(\.name)).map { "did you mean \($0)?" }
          ?? ".show settings lists them")
    }
    guard let value = words[1], words.words.count == 2 else {
      throw DossierError(.misusedCommand, ".set \(name): a value is needed", hint: setting.values)
    }
    guard try setting.set(value, shell) else {
      throw DossierError(.misusedCommand, ".set \(name): '\(value)' can't be", hint: setting.values)
    }
  }

  /// Shows all settings.
  static func list(_ shell: Shell) throws(DossierError) {
    let rows = settings.map { setting in
      [setting.name, setting.get(shell), setting.values].map { Value.string($0) }
    }
    let schema = Schema(["Setting", "Value", "What it may be"].map { Field($0, .string) })
    try shell.show(Table(schema: schema, rows: rows), rowLimit: .some(nil), isNumbered: false)
  }

  /// Something that can be set.
  struct Setting: Sendable {
    let name: String
    /// What it may be, and what it is for.
    let values: String
    let get: @Sendable (Shell) -> String
    /// False for a value that it can't have.
    let set: @Sendable (String, Shell) throws(DossierError) -> Bool
  }

  static let settings: [Setting] = [
    Setting(
      name: "mode", values: FormatRegistry.names.joined(separator: ", ") + ": the form of results",
      get: { $0.format },
      set: { (value: String, shell: Shell) throws(DossierError) in
        shell.format = type(of: try FormatRegistry.format(named: value)).name
        return true
      }),
    Setting(
      name: "rows", values: "a number, or all: how many rows of a result are shown",
      get: { $0.rowLimit.map { "\($0)" } ?? "all" },
      set: { (value: String, shell: Shell) throws(DossierError) in
        guard value == "all" || Int(value).map({ $0 > 0 }) == true else { return false }
        shell.rowLimit = Int(value)
        return true
      }),
    Setting(
      name: "width", values: "a number, or auto: how many columns results may take",
      get: { $0.output.fixedWidth.map { "\($0)" } ?? "auto" },
      set: { (value: String, shell: Shell) throws(DossierError) in
        guard value == "auto" || Int(value).map({ $0 >= 20 }) == true else { return false }
        shell.output.fixedWidth = Int(value)
        return true
      }),
    Setting(
      name: "pager", values: "on or off: whether what is longer than the screen goes through a pager",
      get: { $0.usesPager ? "on" : "off" },
      set: { (value: String, shell: Shell) throws(DossierError) in
        try toggle(value) { shell.usesPager = $0 }
      }),
    Setting(
      name: "timer", values: "on or off: whether the time of queries is told",
      get: { $0.showsTime ? "on" : "off" },
      set: { (value: String, shell: Shell) throws(DossierError) in
        try toggle(value) { shell.showsTime = $0 }
      }),
    Setting(
      name: "timeout", values: "seconds, or off: when a query is stopped",
      get: { shell in
        guard let limit = shell.session.settings.timeLimit else { return "off" }
        return "\(Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18)"
      },
      set: { (value: String, shell: Shell) throws(DossierError) in
        if value == "off" {
          shell.session.settings.timeLimit = nil
          return true
        }
        guard let seconds = Double(value), seconds > 0, seconds < 1e9 else { return false }
        shell.session.settings.timeLimit = .seconds(seconds)
        return true
      }),
    Setting(
      name: "threads", values: "a number: how many threads may work at once",
      get: { "\($0.session.settings.threads)" },
      set: { (value: String, shell: Shell) throws(DossierError) in
        guard let count = Int(value), (1...1024).contains(count) else { return false }
        shell.session.settings.threads = count
        return true
      }),
    Setting(
      name: "as-of", values: "a date: what now() is",
      get: { Value.datetime($0.session.settings.now).text },
      set: { (value: String, shell: Shell) throws(DossierError) in
        guard let ticks = Ticks.parseISODatetime(value) else { return false }
        shell.session.settings.now = ticks
        shell.session.settings.clockIsPinned = true
        return true
      }),
  ]

  private static func toggle(_ value: String, _ set: (Bool) -> Void) throws(DossierError) -> Bool {
    guard value == "on" || value == "off" else { return false }
    set(value == "on")
    return true
  }
}
