import ArgumentParser
import Columnar
import Foundation
import KQLEngine
import KQLLibrary
import Store

/// Asks one question of a store that has the synthetic mentions as tables, in a process that has done nothing else:
/// what is timed is opening the file, checking the query and answering it.
struct FileBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file",
    abstract: "Times one question over the tables m and e of a store, from opening it on.")

  @Argument(help: "The store.") var path: String
  @Argument(help: "How many mentions it has.") var rows: Int
  @Argument(help: "The question's name.") var name: String
  @Option(help: "How many threads may work at once.") var threads = 1

  func run() throws {
    guard let question = Question.all(rows: rows).first(where: { $0.name == name }) else {
      throw ValidationError("there is no question '\(name)'")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let store = try CorpusStore.open(path)
    let tables = store.ownTables.compactMap { info in
      store.tables[info.name].map { CatalogTable(name: info.name, provider: $0) }
    }
    let settings = ExecutionSettings(threads: threads)
    let engine = Engine.standard(over: SimpleCatalog(tables))
    let query = try engine.compile(question.kql, settings: settings)
    let result = try engine.run(query, ExecutionContext(settings))
    let time = clock.now - start
    Measured(question, result, time).print()
    Measured.printPeakMemory()
  }
}
