import CKernels

/// The place of the first byte that is not part of a well-formed UTF-8 sequence; nil if there is none.
public func firstInvalidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let start = bytes.baseAddress else { return nil }
  let place = ck_invalid_utf8(start, bytes.count)
  return place < bytes.count ? place : nil
}
