import ArgumentParser
import Diagnostics
import Foundation
import Notebooks
import Presentation
import Sessions
import Store

/// `dossier export`: what a store says, for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes what a store says for other programs.",
    discussion: """
      csv, tsv, json, ndjson and markdown give a file for each table in the folder OUTPUT. graphml is the network of \
      entities, ftm FollowTheMoney entities (a JSON object a line), conllu the parsed sentences, sqlite a file of \
      plain tables; each is one file OUTPUT.

      --no-text leaves out what the documents say in their own words: names, types, dates, numbers and places in \
      documents stay.
      """)

  /// What is written as one file.
  private static let files = ["graphml", "ftm", "conllu", "sqlite"]
  /// What is written as a file for each table, with the ending of its files.
  private static let folders = [
    ("csv", "csv"), ("tsv", "tsv"), ("json", "json"), ("ndjson", "ndjson"), ("markdown", "md"),
  ]

  @Argument(help: "The store.") var store: String
  @Option(help: "csv, tsv, json, ndjson, markdown, graphml, ftm, conllu or sqlite.") var format: String
  @Option(name: .shortAndLong, help: "The folder or the file to write.") var output: String
  @Option(help: ArgumentHelp("Only this table; may be given again.", valueName: "name")) var table: [String] =
    []
  @Flag(help: "Leaves out what the documents say in their own words.") var noText = false
  @Flag(help: "In CSV and TSV, puts ' before what a spreadsheet would take for a formula.")
  var guardFormulas = false
  @OptionGroup var options: SessionOptions

  func validate() throws {
    let names = Self.folders.map(\.0) + Self.files
    guard names.contains(format) else {
      throw ValidationError("There is no format '\(format)'; there are \(names.joined(separator: ", ")).")
    }
    if !table.isEmpty, Self.files.contains(format), format != "sqlite" {
      throw ValidationError("\(format) is not made of tables; leave --table out.")
    }
    if guardFormulas, format != "csv", format != "tsv" {
      throw ValidationError("--guard-formulas is for csv and tsv.")
    }
  }

  func run() throws {
    Interruption.install()
    try reportingErrors { try export() }
  }

  private func export() throws(DossierError) {
    var export = StoreExport(try options.open(store))
    export.hasText = !noText
    let names = table.isEmpty ? export.tableNames : table
    switch format {
    case "graphml": try write(try export.graphML(), to: output)
    case "ftm": try write(try export.followTheMoney(), to: output)
    case "conllu": try write(try export.conllu(), to: output)
    case "sqlite":
      let all = export
      try PlainTables.write(names, to: output) { (name: String) throws(DossierError) in try all.table(name) }
    default: try writeTables(names, export)
    }
  }

  private func writeTables(_ names: [String], _ export: StoreExport) throws(DossierError) {
    let writer = try FormatRegistry.format(named: format)
    let ending = Self.folders.first { $0.0 == format }?.1 ?? format
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw DossierError("CMD146", "the folder '\(output)' can't be made", cause: error)
    }
    var formatOptions = FormatOptions()
    formatOptions.guardsFormulas = guardFormulas
    for name in names {
      let table = try export.table(name)
      let path = "\(output)/\(name).\(ending)"
      try AtomicFile.write(to: path) { (file) throws(DossierError) in
        // A format can't fail, so that it goes on to its end after the first piece that could not be written.
        var failure: DossierError?
        writer.write(table, formatOptions) { text in
          guard failure == nil else { return }
          do throws(DossierError) { try file.write(Array(text.utf8)) } catch { failure = error }
        }
        if let failure { throw failure }
      }
    }
  }

  private func write(_ text: String, to path: String) throws(DossierError) {
    if path == "-" { return printOutput(text) }
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
