import Columnar
import Diagnostics
import KQLEngine

/// Items in an order; those that it does not tell apart stay as they stand.
///
/// Runs are sorted, then merged two by two, by as many threads as may work; between runs the evaluation can be
/// cancelled, which a sort of the standard library, once begun, can't.
///
/// - Errors: those of `ExecutionContext.checkpoint()`.
/// - Complexity: n log n.
@inline(__always)
func mergeSorted<Item: BitwiseCopyable & Sendable>(
  _ items: [Item], _ context: ExecutionContext, by isBefore: @Sendable (Item, Item) -> Bool
) throws(DossierError) -> [Item] {
  let count = items.count
  let runSize = 1 << 16
  guard count > runSize else { return items.sorted(by: isBefore) }
  let memory = UnsafeMutableBufferPointer<Item>.allocate(capacity: 2 * count)
  defer { memory.deallocate() }
  memory.useHugePages()
  var source = UnsafeMutableBufferPointer(rebasing: memory[..<count])
  var target = UnsafeMutableBufferPointer(rebasing: memory[count...])
  _ = source.initialize(fromContentsOf: items)
  try context.checkpoint()
  // Each thread has rows of its own, and writes where no other does.
  nonisolated(unsafe) let unsorted = source
  try context.concurrently((count + runSize - 1) / runSize) { number throws(DossierError) in
    let start = number * runSize
    var run = UnsafeMutableBufferPointer(rebasing: unsorted[start..<min(count, start + runSize)])
    run.sort(by: isBefore)
  }
  var size = runSize
  while size < count {
    nonisolated(unsafe) let (from, to) = (source, target)
    let width = size
    try context.concurrently((count + 2 * width - 1) / (2 * width)) { number throws(DossierError) in
      let start = number * 2 * width
      let (middle, end) = (min(count, start + width), min(count, start + 2 * width))
      var (left, right, next) = (start, middle, start)
      while next < end {
        try context.checkpoint()
        let stop = min(end, next + runSize)
        while next < stop {
          if right == end || left < middle && !isBefore(from[right], from[left]) {
            to[next] = from[left]
            left += 1
          } else {
            to[next] = from[right]
            right += 1
          }
          next += 1
        }
      }
    }
    swap(&source, &target)
    size *= 2
  }
  return Array(source)
}
