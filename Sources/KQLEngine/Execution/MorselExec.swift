import Columnar
import Diagnostics
import Dispatch
import Synchronization

/// Runs a chain of filters and projections over a table by several threads, a run of rows ("morsel") at a
/// time. Batches come in source order, whatever thread made them when, so that all above sees what one
/// thread would give.
///
/// The thread that reads also works: it computes the next morsel itself unless another thread has it.
final class MorselExec: PhysicalOperator {
  private let work: MorselWork
  /// What `.explain analyze` tells of the chain.
  let entry: Profile.Entry?
  private var batches: [RowBatch] = []
  private var position = 0
  private var nextMorsel = 0

  private init(_ work: MorselWork, entry: Profile.Entry?) {
    self.work = work
    self.entry = entry
  }

  deinit { work.stop() }

  /// An operator for a chain, or nil where one thread does as well: a small table, nothing to compute, a
  /// computation that must see rows one after the other.
  static func make(
    _ chain: any LogicalNode, _ context: ExecutionContext
  ) throws(DossierError) -> MorselExec? {
    guard let found = MorselChain(chain, context.settings) else { return nil }
    // Each is computed once, before the threads would do it side by side.
    for subquery in found.subqueries { _ = try context.rows(of: subquery) }
    var entry: Profile.Entry?
    var steps: [Profile.Entry] = []
    if let profile = context.profile {
      entry = profile.open(MorselChain.title(context.settings))
      for node in found.nodes { steps.append(profile.open(physicalTitle(of: node))) }
      for _ in 0...found.nodes.count { profile.close() }
    }
    return MorselExec(
      MorselWork(chain: chain, rowCount: found.rowCount, context: context, profile: steps), entry: entry)
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    while position >= batches.count {
      guard nextMorsel < work.count else { return nil }
      batches = try work.take(nextMorsel)
      position = 0
      nextMorsel += 1
    }
    position += 1
    return batches[position - 1]
  }
}

/// A chain of filters and projections over a table that is worth several threads.
struct MorselChain {
  /// From the top down to the scan.
  private(set) var nodes: [any LogicalNode] = []
  /// What its expressions need computed.
  private(set) var subqueries: [Subquery] = []
  /// The table's rows.
  let rowCount: Int

  init?(_ chain: any LogicalNode, _ settings: ExecutionSettings) {
    guard settings.threads > 1 else { return nil }
    var isWorth = false
    var node = chain
    while true {
      nodes.append(node)
      if let filter = node as? Filter, filter.predicate.isPure {
        isWorth = true
        filter.predicate.collectSubqueries(into: &subqueries)
        node = filter.input
      } else if let project = node as? Project, project.outputs.allSatisfy(\.value.isPure) {
        for output in project.outputs {
          if output.value.column == nil { isWorth = true }
          output.value.collectSubqueries(into: &subqueries)
        }
        node = project.input
      } else if let alias = node as? Alias {
        node = alias.input
      } else {
        break
      }
    }
    guard isWorth, let scan = node as? Scan, scan.table.provider.rowCount > settings.morselSize else {
      return nil
    }
    rowCount = scan.table.provider.rowCount
  }

  /// What `explain` says above the chain.
  static func title(_ settings: ExecutionSettings) -> String {
    "Parallel \(settings.threads) threads, \(settings.morselSize) rows at a time"
  }
}

/// The morsels of one chain, shared by the threads that compute them.
private final class MorselWork: Sendable {
  private struct State {
    /// The first morsel that nobody has begun.
    var unclaimed = 0
    /// Morsels that the reader has taken.
    var taken = 0
    var helpers = 0
    var isStopped = false
    var results: [Int: Result<[RowBatch], DossierError>] = [:]
  }

  let count: Int
  private let chain: any LogicalNode
  private let rowCount: Int
  private let context: ExecutionContext
  private let profile: [Profile.Entry]
  private let state = Mutex(State())
  /// Signalled for each morsel that a helper has finished.
  private let finished = DispatchSemaphore(value: 0)

  init(chain: any LogicalNode, rowCount: Int, context: ExecutionContext, profile: [Profile.Entry]) {
    self.profile = profile
    self.chain = chain
    self.rowCount = rowCount
    self.context = context
    count = (rowCount + context.settings.morselSize - 1) / context.settings.morselSize
  }

  func stop() { state.withLock { $0.isStopped = true } }

  /// The batches of a morsel; morsels are asked for in order.
  func take(_ morsel: Int) throws(DossierError) -> [RowBatch] {
    // The first is computed alone: a reader that needs only a few rows starts no thread.
    if morsel > 0 { startHelpers() }
    while true {
      let (ready, free) = state.withLock { state -> (Result<[RowBatch], DossierError>?, Int?) in
        if let result = state.results.removeValue(forKey: morsel) {
          state.taken = morsel + 1
          return (result, nil)
        }
        return (nil, claim(&state))
      }
      if let ready { return try ready.get() }
      // While a helper has the one asked for, there is another one to compute.
      if let free { finish(free) } else { finished.wait() }
    }
  }

  /// A morsel that nobody has begun, unless the reader is far enough behind.
  private func claim(_ state: inout State) -> Int? {
    guard !state.isStopped, state.unclaimed < count,
      state.unclaimed < state.taken + 4 * context.settings.threads
    else { return nil }
    state.unclaimed += 1
    return state.unclaimed - 1
  }

  private func finish(_ morsel: Int) {
    let result: Result<[RowBatch], DossierError>
    do throws(DossierError) { result = .success(try compute(morsel)) } catch { result = .failure(error) }
    state.withLock { $0.results[morsel] = result }
  }

  private func startHelpers() {
    let missing = state.withLock { state -> Int in
      guard !state.isStopped, state.unclaimed < count else { return 0 }
      let missing = context.settings.threads - 1 - state.helpers
      state.helpers += missing
      return missing
    }
    for _ in 0..<missing { DispatchQueue.global(qos: .userInitiated).async { self.help() } }
  }

  /// Computes morsels until none is left, or the reader is far enough behind.
  private func help() {
    while true {
      let morsel = state.withLock { state -> Int? in
        let morsel = claim(&state)
        if morsel == nil { state.helpers -= 1 }
        return morsel
      }
      guard let morsel else { return }
      finish(morsel)
      finished.signal()
    }
  }

  private func compute(_ morsel: Int) throws(DossierError) -> [RowBatch] {
    let start = morsel * context.settings.morselSize
    let rows = start..<min(rowCount, start + context.settings.morselSize)
    let source = try PhysicalBuilder(context: context, scanned: rows, profile: profile).build(chain)
    var batches: [RowBatch] = []
    while let batch = try source.next(context) { if batch.count > 0 { batches.append(batch) } }
    return batches
  }
}
