import Columnar
import Diagnostics
import Dispatch
import Synchronization

/// What one thread makes of the morsels that it takes.
///
/// An object is used by one thread at a time, and sees morsels in source order, though not all of them.
public protocol MorselReducer: AnyObject, SendableMetatype {
  /// What it gives for a morsel.
  associatedtype Part: Sendable
  /// Reads a morsel's batches.
  func reduce(
    _ source: any PhysicalOperator, morsel: Int, _ context: ExecutionContext
  ) throws(DossierError) -> Part
}

/// Runs a chain of steps that go row by row over a table by several threads, a run of rows ("morsel") at a time, and
/// hands out what each morsel came to in source order, whatever thread made it when.
///
/// The thread that reads also works: it computes the next morsel itself unless another thread has it.
public final class ParallelChain<Reducer: MorselReducer> {
  private let work: MorselWork<Reducer>
  private var nextMorsel = 0

  fileprivate init(_ work: MorselWork<Reducer>) { self.work = work }

  deinit { work.stop() }

  /// What the next morsel came to, or nil after the last.
  public func next() throws(DossierError) -> Reducer.Part? {
    guard nextMorsel < work.count else { return nil }
    let part = try work.take(nextMorsel)
    nextMorsel += 1
    return part
  }

  /// Reducers that have been at work; to be asked for after the last morsel.
  public var reducers: [Reducer] { work.idleReducers }
}

/// The batches of a chain in source order.
final class MorselExec: PhysicalOperator {
  private final class Batches: MorselReducer {
    func reduce(
      _ source: any PhysicalOperator, morsel: Int, _ context: ExecutionContext
    ) throws(DossierError) -> [RowBatch] {
      var batches: [RowBatch] = []
      while let batch = try source.next(context) { if batch.count > 0 { batches.append(batch) } }
      return batches
    }
  }

  private let chain: ParallelChain<Batches>
  private var batches: [RowBatch] = []
  private var position = 0

  private init(_ chain: ParallelChain<Batches>) { self.chain = chain }

  /// An operator for a chain, with what `.explain analyze` tells of it; nil where one thread does as well.
  static func make(
    _ plan: any LogicalNode, _ context: ExecutionContext
  ) throws(DossierError) -> (made: any PhysicalOperator, entry: Profile.Entry?)? {
    guard let found = MorselChain(plan, context.settings), found.computes else { return nil }
    let ready = try found.prepare(context)
    if let single = try ready.single() { return (single, ready.entry) }
    return (MorselExec(ready.run(profiled: false) { Batches() }), ready.entry)
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    while position >= batches.count {
      guard let next = try chain.next() else { return nil }
      batches = next
      position = 0
    }
    position += 1
    return batches[position - 1]
  }
}

/// A node that makes, of each row of one input, rows that depend on no other row of it, so that several threads can run
/// it over parts of that input side by side.
public protocol RowwiseNode: LogicalNode {
  /// Whether it can be run so; the kinds of some nodes can't.
  var isRowwise: Bool { get }
  /// The input that is read in parts, one of `inputs`.
  var streamed: any LogicalNode { get }
  /// The inputs that are read once, before.
  var besides: [any LogicalNode] { get }
  /// Reads what is needed besides. The builder makes operators for the other inputs.
  func prepare(_ builder: PhysicalBuilder) throws(DossierError) -> any RowwiseStep
}

/// A rowwise node that is ready to run.
public protocol RowwiseStep: Sendable {
  /// The most rows that come of one.
  var fanOut: Int { get }
  /// The operator over a part of the input.
  func makePhysical(over input: any PhysicalOperator) -> any PhysicalOperator
}

/// A chain of steps that go row by row over a table, and is worth several threads.
public struct MorselChain {
  /// From the top down to the scan.
  private(set) var nodes: [any LogicalNode] = []
  /// What its expressions need computed.
  private(set) var subqueries: [Subquery] = []
  /// Whether anything is computed, so that the chain alone is worth it.
  private(set) var computes = false
  /// The table's rows.
  let rowCount: Int

  /// Nil where one thread does as well: a small table, a computation that must see rows one after the other.
  public init?(_ plan: any LogicalNode, _ settings: ExecutionSettings) {
    guard settings.threads > 1 else { return nil }
    var node = plan
    while true {
      nodes.append(node)
      if let filter = node as? Filter, filter.predicate.isPure {
        computes = true
        filter.predicate.collectSubqueries(into: &subqueries)
        node = filter.input
      } else if let project = node as? Project, project.outputs.allSatisfy(\.value.isPure) {
        for output in project.outputs {
          if output.value.column == nil { computes = true }
          output.value.collectSubqueries(into: &subqueries)
        }
        node = project.input
      } else if let alias = node as? Alias {
        node = alias.input
      } else if let step = node as? any RowwiseNode, step.isRowwise {
        computes = true
        node = step.streamed
      } else {
        break
      }
    }
    guard let scan = node as? Scan, scan.table.provider.rowCount > settings.morselSize else { return nil }
    rowCount = scan.table.provider.rowCount
  }

  /// Computes what the steps need besides.
  public func prepare(_ context: ExecutionContext) throws(DossierError) -> ReadyChain {
    // Each is computed once, before the threads would do it side by side.
    for subquery in subqueries { _ = try context.rows(of: subquery) }
    var entry: Profile.Entry?
    var entries: [Profile.Entry] = []
    if let profile = context.profile { entry = profile.open(Self.title(context.settings)) }
    var steps: [any RowwiseStep] = []
    var fanOut = 1
    for node in nodes {
      if let profile = context.profile { entries.append(profile.open(physicalTitle(of: node))) }
      guard let step = node as? any RowwiseNode else { continue }
      let ready = try step.prepare(PhysicalBuilder(context: context))
      steps.append(ready)
      fanOut = min(1 << 30, fanOut * max(1, min(1 << 30, ready.fanOut)))
    }
    if let profile = context.profile { for _ in 0...nodes.count { profile.close() } }
    return ReadyChain(
      plan: nodes[0], rowCount: rowCount, context: context, profile: entries, steps: steps, fanOut: fanOut,
      entry: entry)
  }

  /// What `explain` says above the chain.
  static func title(_ settings: ExecutionSettings) -> String {
    "Parallel \(settings.threads) threads, \(settings.morselSize) rows at a time"
  }
}

/// A chain whose steps are ready to run over any part of the table.
public struct ReadyChain: Sendable {
  fileprivate let plan: any LogicalNode
  fileprivate let rowCount: Int
  fileprivate let context: ExecutionContext
  fileprivate let profile: [Profile.Entry]
  fileprivate let steps: [any RowwiseStep]
  /// The most rows that come of one of the table.
  fileprivate let fanOut: Int
  /// What `.explain analyze` tells of the chain as a whole.
  let entry: Profile.Entry?

  /// How many rows a morsel may come to.
  private static let mostRows = 1 << 18
  /// A chain that makes more rows of one is left to one thread, which hands them on in small parts.
  private static let mostFanOut = 256

  /// The operator for one thread, where a morsel could come to more rows than should be held; else nil.
  public func single() throws(DossierError) -> (any PhysicalOperator)? {
    fanOut > Self.mostFanOut ? try operators(over: 0..<rowCount) : nil
  }

  /// Starts the threads; `makeReducer` is called once for each. What the chain gives is counted for
  /// `.explain analyze` if `profiled`.
  public func run<Reducer: MorselReducer>(
    profiled: Bool = true, _ makeReducer: @escaping @Sendable () throws(DossierError) -> Reducer
  ) -> ParallelChain<Reducer> {
    ParallelChain(
      MorselWork(
        chain: self, size: max(1, min(context.settings.morselSize, Self.mostRows / fanOut)),
        entry: profiled ? entry : nil, makeReducer: makeReducer))
  }

  fileprivate func operators(over rows: Range<Int>) throws(DossierError) -> any PhysicalOperator {
    try PhysicalBuilder(context: context, scanned: rows, profile: profile, steps: steps).build(plan)
  }
}

/// The morsels of one chain, shared by the threads that compute them.
private final class MorselWork<Reducer: MorselReducer>: Sendable {
  /// A reducer on its way between threads, which only one of them has at a time.
  private struct Handed: @unchecked Sendable { let reducer: Reducer }

  private struct State {
    /// The first morsel that nobody has begun.
    var unclaimed = 0
    /// Morsels that the reader has taken.
    var taken = 0
    var helpers = 0
    var isStopped = false
    var results: [Int: Result<Reducer.Part, DossierError>] = [:]
    /// Reducers that no thread has.
    var idle: [Handed] = []
  }

  let count: Int
  private let chain: ReadyChain
  private let size: Int
  private let entry: Profile.Entry?
  private let makeReducer: @Sendable () throws(DossierError) -> Reducer
  private let state = Mutex(State())
  /// Signalled for each morsel that a helper has finished.
  private let finished = DispatchSemaphore(value: 0)

  init(
    chain: ReadyChain, size: Int, entry: Profile.Entry?,
    makeReducer: @escaping @Sendable () throws(DossierError) -> Reducer
  ) {
    self.chain = chain
    self.entry = entry
    self.size = size
    self.makeReducer = makeReducer
    count = (chain.rowCount + size - 1) / size
  }

  private var threads: Int { chain.context.settings.threads }

  func stop() { state.withLock { $0.isStopped = true } }

  var idleReducers: [Reducer] { state.withLock { $0.idle }.map(\.reducer) }

  /// What a morsel came to; morsels are asked for in order.
  func take(_ morsel: Int) throws(DossierError) -> Reducer.Part {
    // The first is computed alone: a reader that needs only a few rows starts no thread.
    if morsel > 0 { startHelpers() }
    while true {
      let (ready, free) = state.withLock { state -> (Result<Reducer.Part, DossierError>?, Claim?) in
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

  /// A morsel and who is to reduce it; both are taken at once, so that a reducer sees morsels in order.
  private struct Claim {
    let morsel: Int
    let handed: Handed?
  }

  /// A morsel that nobody has begun, unless the reader is far enough behind.
  private func claim(_ state: inout State) -> Claim? {
    guard !state.isStopped, state.unclaimed < count, state.unclaimed < state.taken + 4 * threads
    else { return nil }
    state.unclaimed += 1
    return Claim(morsel: state.unclaimed - 1, handed: state.idle.popLast())
  }

  private func finish(_ claim: Claim) {
    let result: Result<Reducer.Part, DossierError>
    var used = claim.handed
    do throws(DossierError) {
      let handed: Handed
      if let known = used { handed = known } else { handed = Handed(reducer: try makeReducer()) }
      used = handed
      let start = claim.morsel * size
      var source = try chain.operators(over: start..<min(chain.rowCount, start + size))
      if let entry, let profile = chain.context.profile {
        source = ProfiledExec(source, entry: entry, clock: profile.clock)
      }
      result = .success(try handed.reducer.reduce(source, morsel: claim.morsel, chain.context))
    } catch { result = .failure(error) }
    state.withLock {
      $0.results[claim.morsel] = result
      if let used { $0.idle.append(used) }
    }
  }

  private func startHelpers() {
    let missing = state.withLock { state -> Int in
      guard !state.isStopped, state.unclaimed < count else { return 0 }
      let missing = threads - 1 - state.helpers
      state.helpers += missing
      return missing
    }
    for _ in 0..<missing { DispatchQueue.global(qos: .userInitiated).async { self.help() } }
  }

  /// Computes morsels until none is left, or the reader is far enough behind.
  private func help() {
    while true {
      let claimed = state.withLock { state -> Claim? in
        let claimed = claim(&state)
        if claimed == nil { state.helpers -= 1 }
        return claimed
      }
      guard let claimed else { return }
      finish(claimed)
      finished.signal()
    }
  }
}
