import Diagnostics

/// The dot commands, in the order of `.help`. A new one is a file under `Commands` and a line here.
enum CommandRegistry {
  static let all: [any ShellCommand.Type] = [
    HelpCommand.self,
    TourCommand.self,
    TablesCommand.self,
    SchemaCommand.self,
    LoadCommand.self,
    DocsCommand.self,
    DocCommand.self,
    ShowCommand.self,
    WhyCommand.self,
    DossierCommand.self,
    NextCommand.self,
    PrevCommand.self,
    TagCommand.self,
    NoteCommand.self,
    WatchCommand.self,
    AliasCommand.self,
    MergeCommand.self,
    SplitCommand.self,
    RetypeCommand.self,
    CorrectionsCommand.self,
    UndoCommand.self,
    LastCommand.self,
    AsCommand.self,
    ModeCommand.self,
    OutputCommand.self,
    TimerCommand.self,
    SetCommand.self,
    HistoryCommand.self,
    ExplainCommand.self,
    FunctionsCommand.self,
    CreateCommand.self,
    DropCommand.self,
    ReadCommand.self,
    CellsCommand.self,
    SaveCommand.self,
    ReplayCommand.self,
    QuitCommand.self,
  ]

  /// The command of a name. Errors: `CMD920` with the nearest one.
  static func command(named name: String) throws(DossierError) -> any ShellCommand.Type {
    for command in all where command.names.contains(name) { return command }
    let near = nearestName(to: name, among: all.flatMap { $0.names })
    throw DossierError(
      .unknownCommand, "unknown command '.\(name)'",
      hint: near.map { "did you mean .\($0)?" } ?? ".help lists the commands")
  }
}
