import CPCRE2
import Diagnostics

extension DossierError.Code {
  /// A pattern of a model package is no regular expression that we can run.
  static let modelPattern: Self = "NLP105"
}

/// A regular expression of a model package, in Python's dialect, run by PCRE2.
///
/// One pattern may be used by many threads at the same time; each thread brings its `Matcher`.
final class Regex: @unchecked Sendable {
  // PCRE2 documents a compiled pattern as read-only while matching, hence unchecked.
  fileprivate let code: OpaquePointer

  /// Compiles a pattern as Python's `re` would (Unicode classes, no flags).
  ///
  /// - `anchored`: match at the start only, as `re.match` does.
  /// - Errors: `NLP105` with PCRE2's own words.
  init(_ pattern: String, anchored: Bool = false) throws(DossierError) {
    let translated = Array(Regex.translate(pattern).utf8)
    var number: Int32 = 0
    var offset = 0
    var options = PCRE2_UTF | PCRE2_UCP
    if anchored { options |= PCRE2_ANCHORED }
    let code = translated.withUnsafeBufferPointer {
      pcre2_compile_8($0.baseAddress, $0.count, options, &number, &offset, nil)
    }
    guard let code else {
      var message = [UInt8](repeating: 0, count: 256)
      let length = pcre2_get_error_message_8(number, &message, message.count)
      let words = String(decoding: message.prefix(max(0, Int(length))), as: UTF8.self)
      throw DossierError(.modelPattern, "a pattern of the model does not compile: \(words) at byte \(offset)")
    }
    // Without JIT (it may be switched off in hardened systems) the interpreter gives the same spans.
    _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
    self.code = code
  }

  deinit { pcre2_code_free_8(code) }

  /// Python's `\uXXXX` and `\UXXXXXXXX` written as PCRE2's `\x{…}`, without a leading `(?u)`.
  static func translate(_ pattern: String) -> String {
    let scalars = Array(pattern.unicodeScalars)
    var index = pattern.hasPrefix("(?u)") ? 4 : 0
    var result = String.UnicodeScalarView()
    while index < scalars.count {
      guard scalars[index] == "\\", index + 1 < scalars.count else {
        result.append(scalars[index])
        index += 1
        continue
      }
      let digits = scalars[index + 1] == "u" ? 4 : scalars[index + 1] == "U" ? 8 : 0
      let end = index + 2 + digits
      if digits > 0, end <= scalars.count, scalars[(index + 2)..<end].allSatisfy(\.properties.isASCIIHexDigit)
      {
        result.append(contentsOf: "\\x{".unicodeScalars)
        result.append(contentsOf: scalars[(index + 2)..<end])
        result.append("}")
        index = end
      } else {
        result.append(scalars[index])
        result.append(scalars[index + 1])
        index += 2
      }
    }
    return String(result)
  }
}

/// One thread's room for matching: PCRE2's match data and a stack for compiled patterns.
final class Matcher {
  private let data: OpaquePointer?
  private let context: OpaquePointer?
  private let stack: OpaquePointer?

  init() {
    data = pcre2_match_data_create_8(1, nil)
    context = pcre2_match_context_create_8(nil)
    stack = pcre2_jit_stack_create_8(32 << 10, 1 << 20, nil)
    if let context { pcre2_jit_stack_assign_8(context, nil, stack.map { UnsafeMutableRawPointer($0) }) }
  }

  deinit {
    pcre2_match_data_free_8(data)
    pcre2_match_context_free_8(context)
    pcre2_jit_stack_free_8(stack)
  }

  /// The first match in valid UTF-8 `text` at or after byte `start`; nil if there is none, or if PCRE2's
  /// limit on work is reached (such texts have no match a reader would see).
  func search(
    _ regex: Regex, _ text: UnsafeBufferPointer<UInt8>, from start: Int = 0, notEmptyAtStart: Bool = false
  ) -> Range<Int>? {
    guard let data else { return nil }
    let options = PCRE2_NO_UTF_CHECK | (notEmptyAtStart ? PCRE2_NOTEMPTY_ATSTART : 0)
    let found = pcre2_match_8(regex.code, text.baseAddress, text.count, start, options, data, context)
    guard found >= 0, let vector = pcre2_get_ovector_pointer_8(data) else { return nil }
    let lower = vector[0]
    let upper = vector[1]
    return lower <= upper && upper <= text.count ? lower..<upper : nil
  }
}
