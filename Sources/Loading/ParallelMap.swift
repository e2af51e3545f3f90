import Dispatch
import Synchronization

/// Applies `transform` to all items on up to `threads` threads; the results are in the order of the items.
func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int, _ transform: @Sendable (Item) -> Result
) -> [Result] {
  guard threads > 1, items.count > 1 else { return items.map(transform) }
  let results = Mutex([Result?](repeating: nil, count: items.count))
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: min(threads, items.count)) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < items.count else { return }
      let result = transform(items[index])
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
