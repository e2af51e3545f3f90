import CKernels

extension Array where Element: BitwiseCopyable {
  /// An array of equal elements; a large one lies in huge pages where the system has them, so that reading it here and
  /// there is not mostly a search for pages.
  public init(large element: Element, count: Int) {
    self.init(unsafeUninitializedCapacity: count) { elements, initialized in
      elements.useHugePages()
      elements.initialize(repeating: element)
      initialized = count
    }
  }
}

extension UnsafeMutableBufferPointer {
  /// Asks for huge pages, before anything is written.
  public func useHugePages() {
    guard let start = baseAddress, count * MemoryLayout<Element>.stride >= 4 << 20 else { return }
    ck_use_huge_pages(start, count * MemoryLayout<Element>.stride)
  }
}

/// Begins to fetch an element that will be read soon; for tables that don't fit the processor's cache.
@inline(__always)
public func prefetch<Element>(_ elements: UnsafeMutableBufferPointer<Element>, _ index: Int) {
  if let start = elements.baseAddress { ck_prefetch(start + index) }
}
