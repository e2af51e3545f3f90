import ArgumentParser
import Columnar
import Diagnostics
import Foundation
import KQLEngine
import Sessions
import Store

/// Options that every command which evaluates queries has.
struct SessionOptions: ParsableArguments {
  @Option(
    help: "The moment that now() and ago() count from, such as 2024-10-08; else the start of the process.")
  var asOf: String?
  @Option(help: "Seeds rand() and sample.") var seed: UInt64 = 0
  @Option(help: "How many threads may work at once.") var threads: Int?
  @Option(help: "Stop a query after this many seconds.") var timeout: Double?
  @Option(help: "Stop a query that needs more megabytes of memory; else a third of the machine's.")
  var memoryLimit: Int?
  @Option(name: .customShort("p"), help: "A value for a declared query parameter: name=value.")
  var parameter: [String] = []

  /// Clock, seed, threads and limits.
  /// - Errors: `CMD121` for an `--as-of` that is no date, or a number that makes no sense.
  func settings() throws(DossierError) -> SessionSettings {
    var now = ProcessClock.start
    if let asOf {
      guard let ticks = Ticks.parseISODatetime(asOf) else {
        throw DossierError("CMD121", "--as-of takes a date such as 2024-10-08, found '\(asOf)'")
      }
      now = ticks
    }
    if let threads, threads < 1 {
      throw DossierError("CMD121", "--threads takes a number above 0, found \(threads)")
    }
    if let memoryLimit, memoryLimit < 1 {
      throw DossierError("CMD121", "--memory-limit takes a number above 0, found \(memoryLimit)")
    }
    let memory =
      memoryLimit.map { $0 * 1_000_000 } ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 3)
    return SessionSettings(
      now: now, clockIsPinned: asOf != nil, seed: seed,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      memoryLimit: memory, interruption: interruption(memory), timeLimit: timeout.map { .seconds($0) })
  }

  /// The values of `-p`, by name.
  /// - Errors: `CMD122` for one without `=`, or given twice.
  func parameters() throws(DossierError) -> [String: String] {
    var values: [String: String] = [:]
    for item in parameter {
      guard let sign = item.firstIndex(of: "="), sign > item.startIndex else {
        throw DossierError("CMD122", "-p takes name=value, found '\(item)'")
      }
      let name = String(item[..<sign])
      guard values[name] == nil else {
        throw DossierError("CMD122", "the parameter '\(name)' is given twice")
      }
      values[name] = String(item[item.index(after: sign)...])
    }
    return values
  }

  /// Opens a session, on a store if one is named.
  func open(_ path: String?) throws(DossierError) -> Session {
    let settings = try settings()
    let session = Session(
      store: try path.map { path throws(DossierError) in try CorpusStore.open(path) }, settings: settings)
    session.parameters = try parameters()
    return session
  }

  private func interruption(_ memory: Int) -> @Sendable () -> DossierError? {
    let gauge = MemoryGauge(limit: memory)
    return {
      if let error = gauge.check() { return error }
      return Interruption.isRequested ? DossierError(.interrupted, "interrupted") : nil
    }
  }
}

/// The wall clock, read once.
enum ProcessClock {
  /// The moment that the process started, in ticks, cut to whole milliseconds.
  static let start: Int64 =
    Ticks.unixEpoch + Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) * Ticks.perMillisecond
}
