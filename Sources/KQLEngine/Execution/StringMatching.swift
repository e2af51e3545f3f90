import CKernels
import Columnar
import Diagnostics

/// Looks for one text in others: the pattern is prepared once, then asked for each value.
///
/// Case folding is that of Unicode's simple lower-case mapping, without any locale. A term is a maximal
/// run of letters and digits.
public struct TextMatcher: Sendable {
  private let match: StringMatch
  private let needle: [UInt8]
  private let isASCII: Bool
  private let regex: RegularExpression?
  private let startsInTerm: Bool
  private let endsInTerm: Bool

  /// Prepares a pattern. `EXE210` when it is a regular expression that can't be compiled.
  public init(_ match: StringMatch, pattern: String, span: SourceSpan? = nil) throws(DossierError) {
    self.match = match
    regex = match.kind == .regex ? try RegularExpression.compiled(pattern, at: span) : nil
    let bytes = Array(pattern.utf8)
    isASCII = bytes.allSatisfy { $0 < 0x80 }
    let prepared = match.isCaseSensitive ? bytes : foldCase(bytes)
    needle = prepared
    startsInTerm = pattern.unicodeScalars.first.map(isTermScalar) ?? false
    endsInTerm = pattern.unicodeScalars.last.map(isTermScalar) ?? false
  }

  /// Whether a value matches; negation included.
  public func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool { found(text) != match.isNegated }

  /// Whether a value matches; negation included.
  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches($0) }
  }

  private func found(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if let regex { return regex.isFound(in: text) }
    if match.isCaseSensitive { return locate(text, fold: false) }
    // An ASCII pattern is found by its bytes; other letters fold through the mapping first.
    if isASCII { return locate(text, fold: true) }
    return foldCase(Array(text)).withUnsafeBufferPointer { locate($0, fold: false) }
  }

  private func locate(_ text: UnsafeBufferPointer<UInt8>, fold: Bool) -> Bool {
    let length = needle.count
    guard text.count >= length else { return false }
    return needle.withUnsafeBufferPointer { needle in
      func same(at offset: Int) -> Bool {
        if fold {
          for index in 0..<length where lowered(text[offset + index]) != needle[index] { return false }
        } else {
          for index in 0..<length where text[offset + index] != needle[index] { return false }
        }
        return true
      }
      switch match.kind {
      case .equal: return text.count == length && same(at: 0)
      case .startsWith: return same(at: 0)
      case .endsWith: return same(at: text.count - length)
      case .regex: return false
      case .contains, .has, .hasPrefix, .hasSuffix: break
      }
      if length == 0 { return true }
      var offset = 0
      while true {
        offset = find(needle, in: text, from: offset, fold: fold)
        if offset >= text.count { return false }
        if boundariesHold(text, offset, offset + length) { return true }
        offset += 1
      }
    }
  }

  /// Which strings of a run of a pool match; negation included.
  ///
  /// Where a needle may stand anywhere in a text, the bytes of all strings are searched at once, and only
  /// where it is found the string around it is looked at.
  func matches(_ pool: StringPool, _ run: Range<Int>) -> [Bool] {
    if let needles = needlesAnywhere {
      return matches(pool, run, needles.texts, fold: needles.fold, needles.isEnough)
    }
    return run.map { code in pool.withUTF8(code) { matches($0) } }
  }

  /// What each match holds at least one of, if it is known; `isEnough` tells whether it makes the match.
  private var needlesAnywhere:
    (texts: [[UInt8]], fold: Bool, isEnough: (UnsafeBufferPointer<UInt8>, Int, Int) -> Bool)?
  {
    if let regex {
      if regex.needles.isEmpty { return nil }
      return (regex.needles, true, { text, _, _ in regex.isFound(in: text) })
    }
    guard !needle.isEmpty, match.isCaseSensitive || isASCII else { return nil }
    switch match.kind {
    case .contains: return ([needle], !match.isCaseSensitive, { _, _, _ in true })
    case .has, .hasPrefix, .hasSuffix:
      return ([needle], !match.isCaseSensitive, { boundariesHold($0, $1, $2) })
    case .equal, .startsWith, .endsWith, .regex: return nil
    }
  }

  private func matches(
    _ pool: StringPool, _ run: Range<Int>, _ needles: [[UInt8]], fold: Bool,
    _ isEnough: (UnsafeBufferPointer<UInt8>, Int, Int) -> Bool
  ) -> [Bool] {
    var result = [Bool](repeating: match.isNegated, count: run.count)
    pool.bytes.withUnsafeBufferPointer { bytes in
      pool.offsets.withUnsafeBufferPointer { offsets in
        let all = UnsafeBufferPointer(rebasing: bytes[..<offsets[run.upperBound]])
        for needle in needles {
          needle.withUnsafeBufferPointer { needle in
            var code = run.lowerBound
            var place = find(needle, in: all, from: offsets[code], fold: fold)
            while place < all.count {
              while offsets[code + 1] <= place { code += 1 }
              let (start, end) = (offsets[code], offsets[code + 1])
              var next = place + 1
              if place + needle.count <= end, result[code - run.lowerBound] == match.isNegated {
                let text = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if isEnough(text, place - start, place - start + needle.count) {
                  result[code - run.lowerBound] = !match.isNegated
                  next = end
                } else if regex != nil {
                  // The expression has seen the whole text.
                  next = end
                }
              }
              place = find(needle, in: all, from: next, fold: fold)
            }
          }
        }
      }
    }
    return result
  }

  /// The next place of a needle, or the text's length.
  private func find(
    _ needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int, fold: Bool
  ) -> Int {
    ck_find(text.baseAddress, text.count, start, needle.baseAddress, needle.count, fold ? 1 : 0)
  }

  private func boundariesHold(_ text: UnsafeBufferPointer<UInt8>, _ lower: Int, _ upper: Int) -> Bool {
    if match.kind == .has || match.kind == .hasPrefix, startsInTerm, lower > 0, isTerm(before: lower, text) {
      return false
    }
    if match.kind == .has || match.kind == .hasSuffix, endsInTerm, upper < text.count, isTerm(at: upper, text)
    {
      return false
    }
    return true
  }
}

@inline(__always)
private func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

private func isTermByte(_ byte: UInt8) -> Bool {
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
}

/// Whether a scalar is a letter or digit, as terms are made of.
public func isTermScalar(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.value < 0x80 { return isTermByte(UInt8(scalar.value)) }
  switch scalar.properties.generalCategory {
  case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
    .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
    return true
  default: return false
  }
}

private func isTerm(before offset: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
  var start = offset - 1
  while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
  return isTerm(at: start, text)
}

private func isTerm(at offset: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
  if text[offset] < 0x80 { return isTermByte(text[offset]) }
  var end = offset + 1
  while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
  let piece = String(decoding: UnsafeBufferPointer(rebasing: text[offset..<end]), as: UTF8.self)
  return piece.unicodeScalars.first.map(isTermScalar) ?? false
}

/// UTF-8 bytes with upper case made lower, scalar by scalar, where the mapping is one scalar.
public func foldCase(_ bytes: [UInt8]) -> [UInt8] {
  if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map(lowered) }
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
    let mapped = scalar.properties.lowercaseMapping
    if mapped.unicodeScalars.count == 1 {
      result.append(contentsOf: mapped.utf8)
    } else {
      result.append(contentsOf: String(scalar).utf8)
    }
  }
  return result
}

/// A text with upper case made lower, as the operators that ignore case see it.
public func foldCase(_ text: String) -> String { String(decoding: foldCase(Array(text.utf8)), as: UTF8.self) }

func computeStringMatch(
  _ match: StringMatch, _ a: ColumnVector, _ b: ColumnVector, span: SourceSpan
) throws(DossierError) -> ColumnVector {
  if let pattern = b.constantValue {
    let matcher = try TextMatcher(match, pattern: pattern.text, span: span)
    if let value = a.constantValue {
      return ColumnVector(constant: .bool(matcher.matches(value.text)), type: .bool, count: a.count)
    }
    if case .strings(let vector) = a.storage {
      guard let codes = vector.codes else {
        return ColumnVector(bools: vector.count == 0 ? [] : matcher.matches(vector.pool, vector.run))
      }
      if vector.pool.count <= codes.count, vector.pool.count > 0 {
        let found = matcher.matches(vector.pool, 0..<vector.pool.count)
        return ColumnVector(bools: codes.map { found[Int($0)] })
      }
      return ColumnVector(bools: vector.mapDistinct { matcher.matches($0) })
    }
  }
  var values: [Bool] = []
  values.reserveCapacity(a.count)
  for row in 0..<a.count {
    let matcher = try TextMatcher(match, pattern: b.value(row).text, span: span)
    values.append(matcher.matches(a.value(row).text))
  }
  return ColumnVector(bools: values)
}

// MARK: Lists

/// The values of list items in one row; dynamic arrays stand for their elements.
private func spread(_ items: [ColumnVector], row: Int) -> [Value] {
  var values: [Value] = []
  for item in items {
    switch item.value(row) {
    case .dynamic(.array(let elements)): values += elements.map(\.scalar)
    case let value: values.append(value)
    }
  }
  return values
}

func computeListMatch(
  _ match: ListMatch, negated: Bool, _ value: ColumnVector, _ items: [ColumnVector]
) -> ColumnVector {
  if items.allSatisfy({ $0.constantValue != nil }) {
    let ones = items.map { ColumnVector(constant: $0.constantValue ?? .null, type: $0.type, count: 1) }
    let set = ValueSet(match, type: value.type, spread(ones, row: 0))
    return set.ask(value, negated: negated)
  }
  var values: [Bool] = []
  for row in 0..<value.count {
    let set = ValueSet(match, type: value.type, spread(items, row: row))
    values.append(set.contains(value.value(row)) != negated)
  }
  return ColumnVector(bools: values)
}

func computeListMatch(
  _ match: ListMatch, negated: Bool, _ value: ColumnVector, in column: ColumnVector
) -> ColumnVector {
  var items: [Value] = []
  items.reserveCapacity(column.count)
  for row in 0..<column.count {
    switch column.value(row) {
    case .dynamic(.array(let elements)): items += elements.map(\.scalar)
    case let item: items.append(item)
    }
  }
  return ValueSet(match, type: value.type, items).ask(value, negated: negated)
}

/// A list of values prepared for asking.
private struct ValueSet {
  private let match: ListMatch
  private var integers: Set<Int64> = []
  private var texts: Set<[UInt8]> = []
  private var others: [Value] = []
  private var matchers: [TextMatcher] = []
  private let type: ScalarType

  init(_ match: ListMatch, type: ScalarType, _ items: [Value]) {
    self.match = match
    self.type = type
    for item in items {
      switch match {
      case .equal, .equalFold:
        let fitting = type == .dynamic ? item : convertValue(item, to: type)
        if type != .string, fitting.isNull { continue }
        switch fitting {
        case .long(let number) where type.isIntegerStored: integers.insert(number)
        case .datetime(let number) where type == .datetime: integers.insert(number)
        case .timespan(let number) where type == .timespan: integers.insert(number)
        case .string(let text) where type == .string:
          texts.insert(match == .equalFold ? foldCase(Array(text.utf8)) : Array(text.utf8))
        default: others.append(fitting)
        }
      case .hasAny, .hasAll:
        let how = StringMatch(.has, isCaseSensitive: false, isNegated: false)
        if let matcher = try? TextMatcher(how, pattern: item.text) { matchers.append(matcher) }
      }
    }
  }

  func contains(_ value: Value) -> Bool {
    switch match {
    case .hasAny: return matchers.contains { $0.matches(value.text) }
    case .hasAll: return matchers.allSatisfy { $0.matches(value.text) }
    case .equal, .equalFold: break
    }
    switch value {
    case .null: return false
    case .long(let number) where type.isIntegerStored: return integers.contains(number)
    case .datetime(let number) where type == .datetime: return integers.contains(number)
    case .timespan(let number) where type == .timespan: return integers.contains(number)
    case .string(let text) where type == .string: return containsBytes(Array(text.utf8))
    default:
      if match == .equalFold {
        let folded = foldCase(plain(value).text)
        return others.contains { sameScalars(foldCase(plain($0).text), folded) }
      }
      return others.contains { orderIfComparable(value, $0) == 0 }
    }
  }

  private func containsBytes(_ bytes: [UInt8]) -> Bool {
    texts.contains(match == .equalFold ? foldCase(bytes) : bytes)
  }

  func ask(_ vector: ColumnVector, negated: Bool) -> ColumnVector {
    if let value = vector.constantValue {
      return ColumnVector(constant: .bool(contains(value) != negated), type: .bool, count: vector.count)
    }
    switch vector.storage {
    case .strings(let strings):
      switch match {
      case .equal, .equalFold:
        return ColumnVector(bools: strings.mapDistinct { containsBytes(Array($0)) != negated })
      case .hasAny:
        return ColumnVector(
          bools: strings.mapDistinct { text in matchers.contains { $0.matches(text) } != negated })
      case .hasAll:
        return ColumnVector(
          bools: strings.mapDistinct { text in matchers.allSatisfy { $0.matches(text) } != negated })
      }
    case .integers(let numbers) where match == .equal || match == .equalFold:
      var values = numbers.map { integers.contains($0) != negated }
      if let validity = vector.validity {
        for row in values.indices where !validity.isValid(row) { values[row] = negated }
      }
      return ColumnVector(bools: values)
    default:
      return ColumnVector(bools: (0..<vector.count).map { contains(vector.value($0)) != negated })
    }
  }
}
