import Columnar
import Diagnostics
import Dispatch
import Synchronization

/// What an evaluation is given besides the plan.
public struct ExecutionSettings: Sendable {
  /// `now()` in ticks.
  public var now: Int64
  /// Seeds `rand`, `sample` and the like.
  public var seed: UInt64
  /// How many threads may work at once.
  public var threads: Int
  /// Rows a batch.
  public var batchSize: Int
  /// Rows that a thread takes at a time.
  public var morselSize: Int
  /// Whether each result row shall say which source rows it rests on.
  public var wantsLineage: Bool
  /// The most bytes that operators may hold at once; nil for no limit.
  public var memoryLimit: Int?
  /// Asked at each batch; what it gives stops the evaluation (a deadline, a closed connection).
  public var interruption: (@Sendable () -> DossierError?)?

  /// Makes settings.
  public init(
    now: Int64 = Ticks.unixEpoch, seed: UInt64 = 0, threads: Int = 1, batchSize: Int = 8192,
    morselSize: Int = 65_536, wantsLineage: Bool = false, memoryLimit: Int? = nil,
    interruption: (@Sendable () -> DossierError?)? = nil
  ) {
    self.now = now
    self.seed = seed
    self.threads = max(1, threads)
    self.batchSize = max(1, batchSize)
    self.morselSize = max(1, morselSize)
    self.wantsLineage = wantsLineage
    self.memoryLimit = memoryLimit
    self.interruption = interruption
  }
}

/// One evaluation: its settings, its cancellation flag, and what its operators share. Make a new one for
/// each evaluation.
public final class ExecutionContext: Sendable {
  /// What was given.
  public let settings: ExecutionSettings
  /// Counts rows and batches by operator, if asked for.
  public let profile: Profile?
  private let cancelled = Atomic<Bool>(false)
  private let charged = Atomic<Int>(0)
  private let shared = Mutex<[Int: RowBatch]>([:])
  private let noted = Mutex<[String]>([])

  /// Makes a context.
  public init(_ settings: ExecutionSettings = ExecutionSettings(), profile: Profile? = nil) {
    self.settings = settings
    self.profile = profile
  }

  /// Asks the evaluation to stop at its next batch. May be called from any thread, and from a signal
  /// handler's helper thread.
  public func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// Throws `EXE001` if the evaluation was cancelled, or what `interruption` gives. Operators call it at
  /// each batch.
  public func checkpoint() throws(DossierError) {
    if cancelled.load(ordering: .relaxed) { throw DossierError(.cancelled, "the query was cancelled") }
    if let reason = settings.interruption?() { throw reason }
  }

  /// Lets go of something large when an evaluation fails: on another thread, as a million texts are not freed at once, and
  /// who cancels does not want to wait for it.
  public func discard(_ rubbish: some Sendable) {
    // Not before the caller, too, has let go of it.
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .milliseconds(100)) {
      withExtendedLifetime(rubbish) {}
    }
  }

  /// An operator that nobody asks for rows any more.
  private struct Left: @unchecked Sendable { let `operator`: any PhysicalOperator }

  /// Lets go of an operator that has failed, with all that it holds; it must not be used any more.
  public func discard(failed operator: any PhysicalOperator) {
    discard(Left(operator: `operator`))
  }

  /// Counts memory that an operator holds; throws `EXE002` above the limit.
  public func charge(bytes: Int) throws(DossierError) {
    let total = charged.add(bytes, ordering: .relaxed).newValue
    if let limit = settings.memoryLimit, total > limit {
      throw DossierError(
        .memoryLimit, "the query needs more memory than the limit of \(limit) bytes",
        hint: "filter or aggregate before joining and sorting, or raise the limit")
    }
  }

  /// Tells the reader of the result something, once.
  public func note(_ text: String) {
    noted.withLock { notes in
      if !notes.contains(text) { notes.append(text) }
    }
  }

  /// What was told, in order.
  public var notes: [String] { noted.withLock { $0 } }

  /// What functions see.
  func functionContext(firstRow: Int) -> FunctionContext {
    FunctionContext(now: settings.now, seed: settings.seed, firstRow: firstRow)
  }

  /// All rows of a subquery, computed when first asked for.
  public func rows(of subquery: Subquery) throws(DossierError) -> RowBatch {
    if let known = shared.withLock({ $0[subquery.number] }) { return known }
    profile?.open("Subquery #\(subquery.number)", isRoot: true)
    defer { profile?.close(isRoot: true) }
    let rows = try collectRows(of: subquery.plan, in: self)
    shared.withLock { $0[subquery.number] = rows }
    return rows
  }
}

extension DossierError.Code {
  /// The evaluation was cancelled.
  public static let cancelled: Self = "EXE001"
  /// The evaluation needs more memory than allowed.
  public static let memoryLimit: Self = "EXE002"
}
