import Diagnostics
import Dispatch
import Foundation
import Synchronization

/// One report of a batch: values for parameters, by name.
public typealias ParameterRow = [(name: String, value: String)]

extension NotebookCommands {
  /// The rows that a query gives over what a notebook reads, as values for its parameters.
  /// - Errors: `NBK072` for no rows; those of the query.
  public func rows(of query: String, for path: String) throws(DossierError) -> [ParameterRow] {
    do {
      return try runner.rows(of: query, in: open(path), folder: SessionRecorder.folder(of: path))
    } catch {
      throw Rendered.error(error, in: Array(query.utf8), name: "--each")
    }
  }

  /// Runs a notebook once for each row of parameters, on up to `workers` threads, and writes each run to the
  /// file that `template` gives: `{person}` in it stands for the row's value of `person`.
  ///
  /// A run that fails doesn't keep the others from being made; it is written too, with its error in place.
  /// Errors come in the order of the rows, then a line of summary; the exit code is 2 if any run failed.
  ///
  /// - Errors: nothing is run if two rows would write one file (`NBK070`), or the template has a name that a
  ///   row has no value for (`NBK071`).
  public func runEach(_ path: String, rows: [ParameterRow], to template: String, workers: Int)
    -> CommandOutcome
  {
    perform { () throws(DossierError) in
      guard let format = NotebookFormat(path: template) else {
        throw DossierError("NBK071", "'\(template)' ends in none of .md, .html and .ipynb")
      }
      let notebook = try open(path)
      let files = try Self.files(template, rows)
      for file in files { try Self.makeFolder(of: file) }
      let outcomes = Mutex([CommandOutcome?](repeating: nil, count: rows.count))
      let next = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: max(1, min(workers, rows.count))) { _ in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < rows.count else { return }
          var commands = self
          commands.runner.parameters += rows[index]
          let outcome = commands.perform { () throws(DossierError) in
            try commands.write(commands.run(notebook, at: path), to: .file(files[index], format))
          }
          outcomes.withLock { $0[index] = outcome }
        }
      }
      return Self.summary(outcomes.withLock { $0 }, files)
    }
  }

  private static func summary(_ outcomes: [CommandOutcome?], _ files: [String]) -> CommandOutcome {
    var total = CommandOutcome()
    var failed = 0
    for (outcome, file) in zip(outcomes, files) {
      guard let outcome, outcome.exitCode != 0 else { continue }
      failed += 1
      total.exitCode = outcome.exitCode
      total.diagnostics += "\(file): \(outcome.diagnostics)"
    }
    let made = "\(counted(files.count - failed, "report")) written"
    total.diagnostics += failed == 0 ? made + "\n" : "\(made), \(grouped(failed)) failed\n"
    return total
  }

  /// The file of each row.
  static func files(_ template: String, _ rows: [ParameterRow]) throws(DossierError) -> [String] {
    var files: [String] = []
    var known: [String: Int] = [:]
    for (index, row) in rows.enumerated() {
      let file = try Self.file(template, row, number: index + 1)
      if let first = known.updateValue(index + 1, forKey: file) {
        throw DossierError(
          "NBK070", "rows \(first) and \(index + 1) would both be written to '\(file)'",
          hint: "put a parameter that tells them apart into the name, as in out/{person}.html")
      }
      files.append(file)
    }
    return files
  }

  private static func file(_ template: String, _ row: ParameterRow, number: Int) throws(DossierError)
    -> String
  {
    var out = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      out += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      guard let value = row.last(where: { $0.name.utf8.elementsEqual(name.utf8) })?.value else {
        throw DossierError(
          "NBK071", "row \(number) has no value for '\(name)', which '\(template)' needs",
          hint: nearestName(to: name, among: row.map(\.name)).map { "did you mean {\($0)}?" })
      }
      out += fileName(value)
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }

  /// A value as a part of a file name: nothing in it leads to another folder, hides the file or breaks a line.
  static func fileName(_ value: String) -> String {
    var name = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      let isPlain =
        scalar.value >= 0x20 && scalar != "/" && scalar != "\\" && !(0x7F..<0xA0).contains(scalar.value)
      name.append(isPlain ? scalar : "_")
      if String(name).utf8.count > 150 { break }
    }
    if name.first == "." { name.replaceSubrange(name.startIndex...name.startIndex, with: "_".unicodeScalars) }
    return name.isEmpty ? "_" : String(name)
  }

  private static func makeFolder(of file: String) throws(DossierError) {
    let folder = URL(filePath: file).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DossierError(.notebookFile, "the folder \(folder) can't be made", cause: error)
    }
  }
}
