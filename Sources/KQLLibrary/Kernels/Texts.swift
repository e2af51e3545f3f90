import Columnar
import Diagnostics
import KQLEngine

/// The Unicode scalars of a text, for work by position: KQL counts in code points.
func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

/// A text from Unicode scalars.
func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  return String(view)
}

/// Lower case by single code points, whatever the locale.
func lowered(_ value: String) -> String {
  if value.utf8.allSatisfy({ $0 < 0x80 }) { return value.lowercased() }
  return text(
    value.unicodeScalars.map { scalar in
      let mapped = scalar.properties.lowercaseMapping.unicodeScalars
      return mapped.count == 1 ? mapped.first ?? scalar : scalar
    })
}

/// Upper case by single code points, whatever the locale.
func uppered(_ value: String) -> String {
  if value.utf8.allSatisfy({ $0 < 0x80 }) { return value.uppercased() }
  return text(
    value.unicodeScalars.map { scalar in
      let mapped = scalar.properties.uppercaseMapping.unicodeScalars
      return mapped.count == 1 ? mapped.first ?? scalar : greekCapital(scalar) ?? scalar
    })
}

/// The one code point for a Greek letter with iota subscript, whose full capital form has two.
private func greekCapital(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
  switch scalar.value {
  case 0x1F80...0x1F87, 0x1F90...0x1F97, 0x1FA0...0x1FA7: Unicode.Scalar(scalar.value + 8)
  case 0x1FB3, 0x1FC3, 0x1FF3: Unicode.Scalar(scalar.value + 9)
  default: nil
  }
}

/// Where `needle` begins in `text` at or after `start`, in bytes; nil if nowhere. An empty needle is found
/// at `start`.
func find(_ needle: [UInt8], in text: [UInt8], from start: Int) -> Int? {
  if needle.isEmpty { return start <= text.count ? start : nil }
  guard text.count >= needle.count else { return nil }
  var position = start
  let last = text.count - needle.count
  while position <= last {
    if text[position] == needle[0] {
      var length = 1
      while length < needle.count, text[position + length] == needle[length] { length += 1 }
      if length == needle.count { return position }
    }
    position += 1
  }
  return nil
}

/// The parts of a text between occurrences of a delimiter; an empty delimiter does not split.
func parts(of value: String, by delimiter: String) -> [String] {
  let (bytes, needle) = (Array(value.utf8), Array(delimiter.utf8))
  if needle.isEmpty { return [value] }
  var found: [String] = []
  var start = 0
  while let position = find(needle, in: bytes, from: start) {
    found.append(String(decoding: bytes[start..<position], as: UTF8.self))
    start = position + needle.count
  }
  found.append(String(decoding: bytes[start...], as: UTF8.self))
  return found
}

/// The text with every occurrence of `needle` replaced, from left to right.
func replacing(_ needle: String, with rewrite: String, in value: String) -> String {
  needle.isEmpty ? value : parts(of: value, by: needle).joined(separator: rewrite)
}

/// The strings in a dynamic array, other elements as `tostring()` writes them; nil for no array.
func texts(_ value: DynamicValue) -> [String]? {
  guard case .array(let items) = value else { return nil }
  return items.map(\.text)
}

/// A dynamic array of strings.
func dynamicArray(_ items: [String]) -> DynamicValue { .array(items.map { .string($0) }) }

/// Runs `body` with the bytes of a text.
func withBytes<R>(_ value: String, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
  var value = value
  return value.withUTF8(body)
}

/// The text under a range of bytes.
func slice(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>?) -> String {
  guard let range else { return "" }
  return String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
}

extension FunctionCall {
  /// The compiled regular expression of a pattern given as an argument.
  func regex(_ pattern: String) throws(DossierError) -> RegularExpression {
    try RegularExpression.compiled(pattern, at: span)
  }
}
