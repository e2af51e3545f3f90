import CRE2
import Diagnostics
import Synchronization

/// A compiled regular expression of libre2: RE2's dialect, linear time whatever the pattern.
///
/// `matches regex`, `parse kind=regex`, `extract`, `replace_regex` and all others go through this class, so
/// that they agree. Offsets are UTF-8 bytes of the text. Flags are written in the pattern: `(?i)` ignores
/// case, `(?s)` lets `.` match line ends, `(?m)` makes `^` and `$` match at lines, `(?U)` is lazy.
/// Safe to use from several threads.
public final class RegularExpression: Sendable {
  /// How a match may lie in the text.
  public enum Anchor: Sendable {
    /// Anywhere.
    case none
    /// It must begin where the search begins.
    case start
    /// It must begin where the search begins, and end where the text ends.
    case both
  }

  /// The pattern as written.
  public let pattern: String
  /// How many capturing groups there are; group 0, the whole match, is not counted.
  public let groupCount: Int
  /// Lower-case texts of which every match holds at least one, case ignored; empty where none are known.
  public let needles: [[UInt8]]
  /// The names of groups, ascending by number.
  public let groupNames: [(name: String, number: Int)]
  nonisolated(unsafe) private let handle: OpaquePointer

  private init(handle: OpaquePointer, pattern: String) {
    self.handle = handle
    self.pattern = pattern
    groupCount = Int(cre2_group_count(handle))
    var names: [(name: String, number: Int)] = []
    withUnsafeMutablePointer(to: &names) { target in
      cre2_group_names(handle, target) { context, name, number in
        guard let context, let name else { return }
        context.assumingMemoryBound(to: [(name: String, number: Int)].self).pointee
          .append((String(cString: name), Int(number)))
      }
    }
    groupNames = names
    var needles: [[UInt8]] = []
    let text = Array(pattern.utf8)
    withUnsafeMutablePointer(to: &needles) { target in
      text.withUnsafeBufferPointer {
        cre2_needles($0.baseAddress, $0.count, target) { context, bytes, length in
          context?.assumingMemoryBound(to: [[UInt8]].self).pointee
            .append(Array(UnsafeBufferPointer(start: bytes, count: length)))
        }
      }
    }
    self.needles = needles
  }

  deinit { cre2_free(handle) }

  private static let cache = Mutex<[[UInt8]: RegularExpression]>([:])

  /// The compiled form of a pattern; compiled once, then kept (up to 500 patterns).
  ///
  /// - Errors: `EXE210` with RE2's own words when the pattern is not a regular expression of its dialect.
  public static func compiled(
    _ pattern: String, at span: SourceSpan? = nil
  ) throws(DossierError) -> RegularExpression {
    let key = Array(pattern.utf8)
    if let known = cache.withLock({ $0[key] }) { return known }
    let handle = key.withUnsafeBufferPointer { cre2_compile($0.baseAddress, $0.count) }
    guard let handle else {
      throw DossierError(
        .badRegularExpression, "the regular expression '\(pattern)' can't be compiled", at: span)
    }
    if let reason = cre2_error(handle) {
      let message = String(cString: reason)
      cre2_free(handle)
      throw DossierError(
        .badRegularExpression, "'\(pattern)' is not a regular expression: \(message)", at: span,
        hint: "the dialect is RE2's: no back references or look-around")
    }
    let fresh = RegularExpression(handle: handle, pattern: pattern)
    cache.withLock { known in
      if known.count >= 500 { known.removeAll() }
      known[key] = fresh
    }
    return fresh
  }

  /// Text that matches itself when used as a pattern.
  public static func quoted(_ text: String) -> String {
    let input = Array(text.utf8)
    var output: [UInt8] = []
    withUnsafeMutablePointer(to: &output) { target in
      input.withUnsafeBufferPointer {
        cre2_quote($0.baseAddress, $0.count, target) { context, bytes, length in
          context?.assumingMemoryBound(to: [UInt8].self).pointee
            .append(contentsOf: UnsafeBufferPointer(start: bytes, count: length))
        }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Whether the pattern is found anywhere in the text.
  public func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    cre2_match(handle, text.baseAddress, text.count, 0, Int32(CRE2_UNANCHORED), nil, 0) == 1
  }

  /// Whether the pattern is found anywhere in the text.
  public func isFound(in text: String) -> Bool {
    var text = text
    return text.withUTF8 { isFound(in: $0) }
  }

  /// The leftmost match at or after `start`: element 0 is the match, then one element a group, nil for a
  /// group that took no part; nil when there is no match.
  ///
  /// `limit` is how many groups to find, all by default; fewer are faster.
  public func firstMatch(
    in text: UnsafeBufferPointer<UInt8>, from start: Int = 0, anchor: Anchor = .none, groups limit: Int? = nil
  ) -> [Range<Int>?]? {
    let wanted = min(max(0, limit ?? groupCount), groupCount) + 1
    let how =
      switch anchor {
      case .none: CRE2_UNANCHORED
      case .start: CRE2_ANCHOR_START
      case .both: CRE2_ANCHOR_BOTH
      }
    return withUnsafeTemporaryAllocation(of: cre2_range.self, capacity: wanted) { ranges in
      let found = cre2_match(
        handle, text.baseAddress, text.count, max(0, start), Int32(how), ranges.baseAddress, Int32(wanted))
      guard found == 1 else { return nil }
      return ranges.prefix(wanted).map { $0.lower < 0 ? nil : $0.lower..<$0.upper }
    }
  }

  /// All matches from left to right, none overlapping another; after an empty match the search moves on
  /// by one Unicode scalar. `visit` gets each match as `firstMatch` gives it, and returns whether to go on.
  public func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, groups limit: Int? = nil, _ visit: ([Range<Int>?]) -> Bool
  ) {
    var start = 0
    var lastEnd = -1
    while start <= text.count, let match = firstMatch(in: text, from: start, groups: limit),
      let whole = match[0]
    {
      if whole.isEmpty {
        // An empty match right behind the one before it is part of that one.
        if whole.lowerBound != lastEnd, !visit(match) { return }
        start = whole.upperBound + 1
        while start < text.count, text[start] & 0xC0 == 0x80 { start += 1 }
      } else {
        if !visit(match) { return }
        start = whole.upperBound
      }
      lastEnd = whole.upperBound
    }
  }
}

extension DossierError.Code {
  /// A pattern is not a regular expression of RE2's dialect.
  public static let badRegularExpression: Self = "EXE210"
}
