import Columnar
import Diagnostics
import Sessions

/// `.watch NAME`: what later loads brought on an entity.
enum WatchCommand: ShellCommand {
  static let names = ["watch"]
  static let usage = ".watch [NAME [off]]"
  static let summary =
    "Lists what loads have brought on an entity since you last asked; without a name, who is watched."
  static let examples = [".watch \"Kim Jong Un\"", ".watch", ".watch \"Kim Jong Un\" off"]
  static let argument = CommandArgument.entity

  static func run(_ words: CommandWords, _ shell: Shell) throws(DossierError) {
    guard let store = shell.session.store else {
      throw DossierError(.noSuchDocument, "no documents are loaded", hint: ".load PATH… reads some")
    }
    guard words.words.count < 3, words[1] == nil || words[1] == "off" else {
      throw misused("put the name in quotes")
    }
    guard let name = words[0] else { return try list(shell, try store.watches()) }
    let id = try shell.session.entityID(named: name)
    let known = try store.watches().first { sameScalars($0.entityID, id) }
    if words[1] == "off" {
      guard known != nil else { throw misused("\(id) is not watched") }
      try shell.session.watch(id, seen: nil)
      return shell.output.say("\(id) is not watched any more")
    }
    guard let known else {
      try shell.session.watch(id, seen: store.batch)
      return shell.output.say("\(id) is watched from load \(store.batch) on; after the next load, ask again")
    }
    guard known.batch < store.batch else {
      return shell.output.say("nothing was loaded since load \(known.batch)")
    }
    let news = try shell.ask(query(id, since: known.batch))
    if news.rowCount > 0 { try shell.show(news, isNumbered: false) }
    try shell.session.watch(id, seen: store.batch)
    shell.output.say(
      "\(news.rowCount == 0 ? "nothing new" : counted(news.rowCount, "new sentence")) on \(id) since load \(known.batch)"
    )
  }

  private static func query(_ id: String, since batch: Int) -> String {
    """
    let late = Documents | where Batch > \(batch) | project DocId;
    Mentions
    | where EntityId == \(kqlString(id)) and DocId in (late)
    | summarize Mentions = count(), take_any(Published, Title, Sentence) by DocId, SentenceId
    | project Published, Title, Sentence, Mentions, DocId
    """
  }

  private static func list(_ shell: Shell, _ watches: [(entityID: String, batch: Int)]) throws(DossierError) {
    guard !watches.isEmpty else { return shell.output.say("nobody is watched; .watch NAME begins") }
    var rows: [[Value]] = []
    for (id, batch) in watches {
      let news = try shell.ask(query(id, since: batch) + "\n| count")
      rows.append([.string(id), .long(Int64(batch)), news.value(row: 0, column: 0)])
    }
    let schema = Schema([
      Field("EntityId", .string), Field("SeenUpToLoad", .long), Field("NewSentences", .long),
    ])
    try shell.show(Table(schema: schema, rows: rows), rowLimit: .some(nil), isNumbered: false)
  }
}
