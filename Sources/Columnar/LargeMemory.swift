import CKernels

extension UnsafeMutableBufferPointer {
  /// Asks for huge pages, before anything is written.
  public func useHugePages() {
    guard let start = baseAddress, count * MemoryLayout<Element>.stride >= 4 << 20 else { return }
    ck_use_huge_pages(start, count * MemoryLayout<Element>.stride)
  }
}

/// Begins to fetch memory that will be read soon; for tables that don't fit the processor's cache.
@inlinable @inline(__always)
public func prefetchMemory(_ address: UnsafeRawPointer) { ck_prefetch(address) }
