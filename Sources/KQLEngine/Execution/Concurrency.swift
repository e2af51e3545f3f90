import Diagnostics
import Dispatch
import Synchronization

extension ExecutionContext {
  /// Runs `body` for all numbers below `count`, by as many threads as the settings allow. Which thread has which number
  /// is left open; of several errors, the one with the lowest number is thrown.
  public func concurrently(
    _ count: Int, _ body: @Sendable (Int) throws(DossierError) -> Void
  ) throws(DossierError) {
    let threads = min(settings.threads, count)
    guard threads > 1 else {
      for number in 0..<count {
        try checkpoint()
        try body(number)
      }
      return
    }
    let next = Atomic<Int>(0)
    let failure = Mutex<(number: Int, error: DossierError)?>(nil)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < count, failure.withLock({ $0 == nil }) else { return }
        do throws(DossierError) {
          try checkpoint()
          try body(number)
        } catch {
          failure.withLock { known in
            if known.map({ number < $0.number }) ?? true { known = (number, error) }
          }
        }
      }
    }
    if let found = failure.withLock({ $0 }) { throw found.error }
  }
}
