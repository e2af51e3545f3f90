import ArgumentParser
import Diagnostics
import Foundation
import Notebooks

/// `dossier run`: a notebook as a report.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a notebook, to Markdown, HTML, Jupyter's form, or only an exit code.",
    discussion: """
      The notebook may be one of Jupyter's (.ipynb): its Markdown and KQL are read, its outputs are not.

      Charts of a Markdown notebook are SVG files in a folder beside it: out.assets for out.md.

      With --each, the notebook runs once for each row of a CSV file (its header names the parameters; an empty \
      cell leaves a parameter as it is), of a JSONL file, or of a query over what the notebook reads: \
      --each 'Entities | top 10 by Mentions | project person = Entity'. {name} in the output's name stands for the row's \
      value: dossier run weekly.md --each people.csv -o 'out/{person}.html'. A run that fails doesn't stop the \
      others; the exit code is then 2.

      With --cache, a query that was answered before on the same documents by the same program is not evaluated \
      again: its result and evidence come from files under $XDG_CACHE_HOME/dossier/results, else \
      ~/.cache/dossier/results, of 512 MB at most. What is written is the same. check, accept and verify never \
      read them.
      """)

  @OptionGroup var notebook: NotebookOptions
  @Option(
    name: .shortAndLong,
    help: "The file to write: .md, .html or .ipynb; - writes Markdown to standard output.")
  var output: String?
  @Option(help: "How much of the documents a report carries: full, cite or none.") var evidence = "full"
  @Option(help: ArgumentHelp("One run for each row of parameters.", valueName: "params.csv|query")) var each:
    String?
  @Flag(help: "Take the results of unchanged queries from a cache, and keep new ones there.") var cache =
    false
  @Option(help: .hidden) var loadOrder: UInt64?

  func validate() throws {
    if let output, output != "-", NotebookFormat(path: output) == nil {
      throw ValidationError("'\(output)' ends in none of .md, .html and .ipynb.")
    }
    guard ReportOptions.Evidence(rawValue: evidence) != nil else {
      throw ValidationError("--evidence is full, cite or none.")
    }
    if each != nil, output == nil || output == "-" {
      throw ValidationError("--each needs -o with a file name, such as -o 'out/{person}.html'.")
    }
  }

  func run() throws {
    let cache = cache ? try reportingErrors { () throws(DossierError) in try Self.openCache() } : nil
    try notebook.perform(cache: cache) { commands throws(DossierError) in
      var outcome = try self.outcome(commands)
      if let cache {
        cache.trim()
        outcome.diagnostics += cache.summary
      }
      return outcome
    }
  }

  /// - Errors: `CMD125` where there is no folder for it.
  private static func openCache() throws(DossierError) -> ReplayCache {
    guard let folder = ReplayCache.defaultFolder(ProcessInfo.processInfo.environment) else {
      throw DossierError("CMD125", "--cache has no folder: neither XDG_CACHE_HOME nor HOME is set")
    }
    // Another build may answer otherwise under the same version: the file's size and time tell it.
    var file = stat()
    stat("/proc/self/exe", &file)
    return ReplayCache(
      folder: folder,
      program: "\(file.st_size) \(file.st_mtim.tv_sec).\(file.st_mtim.tv_nsec)")
  }

  private func outcome(_ commands: NotebookCommands) throws(DossierError) -> CommandOutcome {
    var commands = commands
    commands.report.evidence = ReportOptions.Evidence(rawValue: evidence) ?? .full
    commands.runner.loadOrderSeed = loadOrder
    if let each, let output {
      let threads = notebook.options.threads ?? ProcessInfo.processInfo.activeProcessorCount
      // The rows share the threads out among themselves.
      commands.runner.threads = 1
      return commands.runEach(
        notebook.notebook, rows: try rows(each, commands), to: output, workers: threads)
    }
    guard let output else {
      let shows = notebook.cell != nil
      return commands.run(notebook.notebook, to: shows ? .standardOutput(.markdown) : .nothing)
    }
    guard let format = NotebookFormat(path: output) else {
      return commands.run(notebook.notebook, to: .standardOutput(.markdown))
    }
    return commands.run(notebook.notebook, to: .file(output, format))
  }

  /// A file of rows by its ending or because it is there; else a query.
  private func rows(_ each: String, _ commands: NotebookCommands) throws(DossierError) -> [ParameterRow] {
    let ending = URL(filePath: each).pathExtension.lowercased()
    if ["csv", "jsonl", "ndjson"].contains(ending) || FileManager.default.fileExists(atPath: each) {
      return try ParameterRows.read(each)
    }
    return try commands.rows(of: each, for: notebook.notebook)
  }
}
