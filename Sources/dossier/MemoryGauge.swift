import CKernels
import Diagnostics
import Foundation
import KQLEngine
import Synchronization

/// Watches how much memory the process holds, whoever allocated it: what operators count themselves is an
/// estimate.
final class MemoryGauge: Sendable {
  private let limit: Int
  private let calls = Atomic(0)
  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// A gauge that trips above `limit` bytes.
  init(limit: Int) { self.limit = limit }

  /// The error above the limit. Asked at each batch of each operator, it looks at every eighth.
  func check() -> DossierError? {
    guard calls.wrappingAdd(1, ordering: .relaxed).oldValue % 8 == 0, Self.resident > limit else {
      return nil
    }
    // What earlier queries left is not what this one needs.
    ck_release_heap()
    guard Self.resident > limit else { return nil }
    return DossierError(
      .memoryLimit, "the query needs more memory than the limit of \(limit / 1_000_000) MB",
      hint: "filter or aggregate before joining and sorting, or raise --memory-limit")
  }

  /// Bytes in memory, as the system counts them; 0 where it does not say.
  private static var resident: Int {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return 0 }
    let fields = bytes[..<count].split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * pageSize
  }
}
