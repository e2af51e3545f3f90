import Columnar
import Diagnostics
import Synchronization

/// Rows, batches and time of each operator of an evaluation, for `.explain analyze`.
public final class Profile: Sendable {
  /// What one operator did.
  public final class Entry: Sendable {
    /// What `explain` calls the operator.
    public let title: String
    /// How deep it stands below the plan's root.
    public let depth: Int
    private let counts = Mutex<(rows: Int, batches: Int, ticks: Int64)>((0, 0, 0))

    init(title: String, depth: Int) {
      self.title = title
      self.depth = depth
    }

    func add(rows: Int, batches: Int, ticks: Int64) {
      counts.withLock { $0 = ($0.rows + rows, $0.batches + batches, $0.ticks + ticks) }
    }

    /// Rows given, batches given, and time in ticks of 100 ns, inputs included. The times of a chain that several
    /// threads run add up.
    public var totals: (rows: Int, batches: Int, ticks: Int64) { counts.withLock { $0 } }
  }

  private struct State {
    /// A list of entries for the plan and one for each subquery, in the order in which they were begun.
    var trees: [[Entry]] = [[]]
    /// The trees that are being built, and how deep each is.
    var open: [(tree: Int, depth: Int)] = [(0, 0)]
  }

  /// Reads a clock that only moves on, in ticks; brought by the caller, as the core has none.
  public let clock: @Sendable () -> Int64
  private let state = Mutex(State())

  /// Makes a profile.
  public init(clock: @escaping @Sendable () -> Int64) { self.clock = clock }

  /// Adds an operator below those that are open, or at the root of a tree of its own.
  @discardableResult func open(_ title: String, isRoot: Bool = false) -> Entry {
    state.withLock { state in
      if isRoot {
        state.trees.append([])
        state.open.append((state.trees.count - 1, 0))
      }
      let top = state.open.count - 1
      let entry = Entry(title: title, depth: state.open[top].depth)
      state.trees[state.open[top].tree].append(entry)
      state.open[top].depth += 1
      return entry
    }
  }

  /// Ends the operator, or the tree, that was opened last.
  func close(isRoot: Bool = false) {
    state.withLock { state in
      if isRoot { state.open.removeLast() } else { state.open[state.open.count - 1].depth -= 1 }
    }
  }

  /// All operators: the plan's, then those of subqueries; each before its inputs.
  public var entries: [Entry] { state.withLock { $0.trees.flatMap { $0 } } }
}

final class ProfiledExec: PhysicalOperator {
  private let input: any PhysicalOperator
  private let entry: Profile.Entry
  private let clock: @Sendable () -> Int64

  init(_ input: any PhysicalOperator, entry: Profile.Entry, clock: @escaping @Sendable () -> Int64) {
    self.input = input
    self.entry = entry
    self.clock = clock
  }

  func next(_ context: ExecutionContext) throws(DossierError) -> RowBatch? {
    let start = clock()
    let batch = try input.next(context)
    entry.add(rows: batch?.count ?? 0, batches: batch == nil ? 0 : 1, ticks: clock() - start)
    return batch
  }
}
