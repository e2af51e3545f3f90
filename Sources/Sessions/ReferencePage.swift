import Facts
import KQLEngine
import KQLLibrary

/// The reference of the query language as a notebook without outputs: what `dossier reference` runs and prints.
///
/// All of it comes from the registries. Examples are cells; those that read a store stand with the result that they
/// have on the small corpus of the tests.
public enum ReferencePage {
  /// The notebook's text.
  public static func text(of engine: Engine) -> String {
    let groups = grouped(engine.reference)
    var lines = [
      "---",
      "title: The query language",
      "as-of: 2024-10-08",
      "seed: 0",
      "---",
      "# The query language",
      "",
      "Dossier speaks a subset of KQL, the Kusto Query Language, with its published semantics. A query begins with a",
      "table and goes on with steps after `|`. Each entry shows how a name is written, what it gives, and an example",
      "with its result. This page is written by `dossier reference` and checked like any other notebook;",
      "`.help NAME` shows the same at the prompt.",
      "",
    ]
    for (heading, entries) in groups {
      let names = entries.map { "`\($0.names[0])`" }.joined(separator: ", ")
      lines += ["- [\(heading)](#\(anchor(heading))): \(names)"]
    }
    lines += ["- [Tables](#tables): " + TableRegistry.tables.map { "`\($0.name)`" }.joined(separator: ", ")]
    lines += ["- [What KQL has and Dossier has not](#what-kql-has-and-dossier-has-not)"]
    for (heading, entries) in groups {
      lines += ["", "## \(heading)"]
      for entry in entries { lines += self.entry(entry) }
    }
    lines += tables + absentNames
    return lines.joined(separator: "\n") + "\n"
  }

  /// The entries by heading, headings in order of first mention.
  private static func grouped(_ entries: [ReferenceEntry]) -> [(heading: String, entries: [ReferenceEntry])] {
    var groups: [(heading: String, entries: [ReferenceEntry])] = []
    for entry in entries {
      if let known = groups.firstIndex(where: { $0.heading == entry.group }) {
        groups[known].entries.append(entry)
      } else {
        groups.append((entry.group, [entry]))
      }
    }
    return groups
  }

  private static func entry(_ entry: ReferenceEntry) -> [String] {
    var lines = ["", "### `\(entry.names[0])`", "", "`\(entry.syntax)`", "", escaped(entry.summary)]
    if entry.names.count > 1 {
      lines += ["", "Also: " + entry.names.dropFirst().map { "`\($0)`" }.joined(separator: ", ") + "."]
    }
    for paragraph in entry.details { lines += ["", escaped(paragraph)] }
    for example in entry.examples {
      if entry.readsStore {
        lines += ["", "```text", example.query, "----", example.result, "```"]
      } else {
        lines += ["", "```kql", example.query, "```"]
      }
    }
    return lines
  }

  private static var tables: [String] {
    var lines = [
      "", "## Tables", "",
      "Tables with `DocId` offer `Title`, `Published` and `Source` of the document as well, those with `SentenceId` the"
        + " `Sentence`, those with `Start` a `Cite`; no `*` includes these.",
    ]
    for table in TableRegistry.tables {
      lines += ["", "### `\(table.name)`", "", escaped(table.summary), "", "| Column | Type | Meaning |"]
      lines += ["| --- | --- | --- |"]
      for (index, field) in table.schema.fields.enumerated() {
        let meaning = index < table.columnSummaries.count ? table.columnSummaries[index] : ""
        lines += ["| `\(field.name)` | \(field.type.rawValue) | \(escaped(meaning)) |"]
      }
    }
    return lines
  }

  private static var absentNames: [String] {
    var lines = [
      "", "## What KQL has and Dossier has not", "", "A query that uses one of these is told so, by name.",
      "",
    ]
    let kinds = [
      ("", AbsentNames.statements), ("", AbsentNames.operators), ("evaluate ", AbsentNames.plugins),
      ("", AbsentNames.functions),
    ]
    lines += ["| Absent | Instead |", "| --- | --- |"]
    for (lead, names) in kinds {
      for (name, instead) in names.sorted(by: { $0.key < $1.key }) {
        lines += ["| `\(lead)\(name)` | \(escaped(instead)) |"]
      }
    }
    return lines
  }

  /// Text in which nothing is markup but what stands in backticks.
  private static func escaped(_ text: String) -> String {
    var result = ""
    var isCode = false
    for character in text {
      if character == "`" { isCode.toggle() }
      if !isCode, "*<[]|\\".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  /// The name under which a forge links to a heading.
  private static func anchor(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap { character -> Character? in
        character == " " ? "-" : character.isLetter || character.isNumber ? character : nil
      })
  }
}
