import Columnar
import Synchronization

/// Decoded columns, the least recently used of which go when there are too many.
final class SegmentCache: Sendable {
  /// One column of one table for the documents of one commit.
  struct Key: Hashable, Sendable {
    var commit: Int
    var table: Int
    var column: String
  }

  private struct Entry {
    var column: ColumnVector
    var bytes: Int
    var lastUse: UInt64
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var bytes = 0
    var uses: UInt64 = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// A cache that keeps about `limit` bytes.
  init(limit: Int = 256 << 20) { self.limit = limit }

  /// A column, if it is still there.
  func column(_ key: Key) -> ColumnVector? {
    state.withLock { state in
      state.uses += 1
      state.entries[key]?.lastUse = state.uses
      return state.entries[key]?.column
    }
  }

  /// Keeps a column.
  func keep(_ column: ColumnVector, as key: Key) {
    let bytes = Self.size(of: column)
    state.withLock { state in
      state.uses += 1
      let old = state.entries.updateValue(
        Entry(column: column, bytes: bytes, lastUse: state.uses), forKey: key)
      state.bytes += bytes - (old?.bytes ?? 0)
      guard state.bytes > limit else { return }
      // A quarter goes at once, so that the search for the oldest is rare.
      for (oldest, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
        guard state.bytes > limit / 4 * 3, oldest != key else { break }
        state.entries[oldest] = nil
        state.bytes -= entry.bytes
      }
    }
  }

  /// About how much memory a column takes.
  private static func size(of column: ColumnVector) -> Int {
    switch column.storage {
    case .constant: 64
    case .bools: column.count
    case .integers, .reals: column.count * 8
    case .decimals, .guids: column.count * 20
    case .strings(let values):
      values.pool.bytes.count + values.pool.offsets.count * 8 + (values.codes?.count ?? 0) * 4
    case .dynamics: column.count * 64
    }
  }
}
