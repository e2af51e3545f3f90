import Synchronization

/// Directories that were read.
final class Directories: Sendable {
  private struct Key: Hashable {
    var commit: Int
    var table: Int
  }
  private let known = Mutex<[Key: [Int32]]>([:])

  func get(_ commit: Int, _ table: Int) -> [Int32]? {
    known.withLock { $0[Key(commit: commit, table: table)] }
  }

  func keep(_ sums: [Int32], _ commit: Int, _ table: Int) {
    known.withLock { $0[Key(commit: commit, table: table)] = sums }
  }
}
