import Diagnostics
import Foundation

/// Five minutes that show what can be asked, on documents of its own where none are loaded.
struct Tour {
  /// What is said, and the line that is then run; none at the end.
  struct Step {
    let prose: String
    let line: String?
  }

  /// The steps in order.
  static let steps: [Step] = [
    Step(
      prose: """
        Dossier has read the documents sentence by sentence and keeps what they say as tables. These are the tables:
        """, line: ".tables"),
    Step(
      prose: """
        A query begins with a table; | hands its rows to the next step. Whoever is named most often:
        """, line: "Entities | top 6 by Mentions | project Entity, Type, Aliases, Mentions"),
    Step(
      prose: """
        Relations say who did what to whom. Certainty and Speaker tell a fact from a claim: what is reported, and by
        whom, or only planned.
        """,
      line:
        "Relations | where Certainty != \"asserted\" | project Subject, Predicate, Object, Certainty, Speaker"
    ),
    Step(prose: "Every row leads back to its sentences. Why is there a row 1?", line: ".why 1"),
    Step(
      prose: "_ is the last result. So a question can go on from there:",
      line: "_ | summarize Claims = count() by Speaker | sort by Claims desc"),
    Step(
      prose: "Who is quoted, and with which words:", line: "Quotes | project Speaker, Verb, Text"),
    Step(
      prose: """
        Dates are intervals, reckoned from the day of publication. "The following Monday" is a day, "in March" a month:
        """,
      line: "Dates | where isnotnull(From) | project Text, From, To, Sentence | sort by From asc | take 8"),
    Step(
      prose: "render draws a chart, here in the terminal and as a picture in notebooks:",
      line:
        "Mentions | where isnotempty(Entity) | summarize Mentions = count() by Entity | top 6 by Mentions | render barchart"
    ),
    Step(
      prose: """
        Programs err: here Magnus Dahl is taken for an organisation. You can say so, with .retype, .alias, .merge and
        .split. --dry-run shows what would change; .undo takes a correction back.
        """, line: ".retype \"Magnus Dahl\" PERSON --dry-run"),
    Step(
      prose: """
        That is most of it. Now your own documents: .load FOLDER reads them; Tab completes what you type; .help NAME
        explains an operator, function or command, with examples. When you have found something, .save findings.md
        writes the questions and answers as a notebook, and dossier check findings.md replays it.
        """, line: nil),
  ]

  /// Documents to ask about, by file name: a harbour, a company and what is said of both. All invented.
  static let documents: [(name: String, text: String)] = [
    (
      "harbour.md",
      """
      ---
      title: Harbour contract signed
      published: 2024-05-14
      source: Coast Courier
      ---
      The city of Bergen signed a contract with Nordlys Shipping on Monday. Mayor Ingrid Solberg said the company \
      would build a new ferry terminal by 2026. "This is a great day for Bergen," Solberg said.

      Nordlys Shipping is owned by Magnus Dahl, a businessman from Oslo. Dahl paid 40 million euros for the land in \
      2019.
      """
    ),
    (
      "doubts.md",
      """
      ---
      title: Questions about the terminal
      published: 2024-05-20
      source: Fjord Post
      ---
      Opposition leader Erik Haugen accused Mayor Solberg of hiding the price of the contract. "The deal is a \
      scandal," Haugen told reporters on Friday. Nordlys Shipping denied the accusation.

      According to two officials, Dahl met Solberg in Oslo in March. Solberg did not comment on the meeting.
      """
    ),
    (
      "inquiry.md",
      """
      ---
      title: Council to open an inquiry
      published: 2024-06-03
      source: Coast Courier
      ---
      The city council plans to question Magnus Dahl the following Monday. Erik Haugen praised the decision. Nordlys \
      Shipping may withdraw from the contract, a lawyer for the company said.
      """
    ),
  ]

  /// Writes the documents to a new folder and gives its path.
  /// - Errors: `CMD930`.
  static func writeDocuments() throws(DossierError) -> String {
    let folder = NSTemporaryDirectory() + "dossier-tour-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, text) in documents {
        try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
      }
    } catch {
      throw DossierError(.unwritable, "the documents of the tour can't be written", cause: error)
    }
    return folder
  }
}
