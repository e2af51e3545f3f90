import CLexicons

/// The plain text lists that are compiled in (`Sources/CLexicons/lists`): one entry a line, fields between
/// bars, lines with `#` in front are notes.
public enum Lexicon {
  /// The entries of a list, each as its trimmed fields (one at least); none for an unknown name.
  public static func entries(_ name: String) -> [[String]] {
    guard let bytes = bytes(of: name) else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard line.first != UInt8(ascii: "#") else { return nil }
      let fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map {
        trimmed($0)
      }
      return fields.first?.isEmpty == false ? fields : nil
    }
  }

  /// The names of all lists, in the table's order.
  public static var names: [String] { lists.map { String(cString: $0.name) } }

  private static var lists: [dossier_lexicon] {
    var found: [dossier_lexicon] = []
    while let list = dossier_lexicon_at(found.count) { found.append(list.pointee) }
    return found
  }

  private static func bytes(of name: String) -> [UInt8]? {
    lists.first { String(cString: $0.name) == name }.map {
      Array(UnsafeBufferPointer(start: $0.bytes, count: $0.length))
    }
  }

  private static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    var slice = bytes[...]
    while let byte = slice.first, isBlank(byte) { slice = slice.dropFirst() }
    while let byte = slice.last, isBlank(byte) { slice = slice.dropLast() }
    return String(decoding: slice, as: UTF8.self)
  }
}
