import Columnar
import Diagnostics
import Dispatch
import Importers
import Store
import Synchronization

/// What a load of a table brought.
public struct TableSummary: Sendable {
  /// The table.
  public var name: String
  /// How many rows it has.
  public var rows: Int
  /// Its columns.
  public var schema: Schema
}

/// Brings a file of rows into a store as a table of the reader's own.
public enum TableLoader {
  /// Loads a CSV, TSV or JSON lines file; a table of the name is replaced. What the table holds depends on the file's
  /// bytes alone, whatever the number of threads.
  ///
  /// - `progress`: told the rows that are written.
  /// - Errors: those of `TableFile`; `IMP114` when stopped; the store's. The store is then as it was.
  public static func load(
    _ path: String, as name: String, into store: StoreWriter, threads: Int,
    isCancelled: () -> Bool = { false }, progress: (Int) -> Void = { _ in }
  ) throws(DossierError) -> TableSummary {
    let file = try TableFile(path) { count, body in
      _ = parallelMap(Array(0..<count), threads: threads, body)
    }
    let hash = Promise { file.hash() }
    let writer = try OwnTableWriter(store, name: name, source: file.name, schema: file.schema)
    do throws(DossierError) {
      var rows = 0
      // The next groups are read while the last ones are written.
      var window = read(file, from: 0, threads)
      var start = 0
      while start < file.groupCount {
        let next = start + max(1, threads)
        let columns = window.value
        window = read(file, from: next, threads)
        for result in columns {
          if isCancelled() { throw DossierError(.loadCancelled, "the load was stopped") }
          let group = try result.get()
          try writer.append(group)
          rows += group.first?.count ?? 0
          progress(rows)
        }
        start = next
      }
      try writer.finish(hash: hash.value)
    } catch {
      writer.cancel()
      throw error
    }
    return TableSummary(name: name, rows: file.rowCount, schema: file.schema)
  }

  private typealias Groups = [Result<[ColumnVector], DossierError>]

  private static func read(_ file: TableFile, from start: Int, _ threads: Int) -> Promise<Groups> {
    let numbers = Array(start..<max(start, min(file.groupCount, start + max(1, threads))))
    return Promise {
      parallelMap(numbers, threads: threads) { number in
        do throws(DossierError) {
          return .success(try file.columns(ofGroup: number))
        } catch { return .failure(error) }
      }
    }
  }
}

/// A value that another thread computes.
private final class Promise<Value: Sendable>: Sendable {
  private let result = Mutex<Value?>(nil)
  private let done = DispatchGroup()

  init(_ make: @escaping @Sendable () -> Value) {
    done.enter()
    DispatchQueue.global(qos: .userInitiated).async { [self] in
      let value = make()
      result.withLock { $0 = value }
      done.leave()
    }
  }

  /// Waits for it.
  var value: Value {
    done.wait()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("a promise without a value") }
    return value
  }
}
