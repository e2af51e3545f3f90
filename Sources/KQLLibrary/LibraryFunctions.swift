import CQueries
import KQLEngine

/// The functions that ship with the program as files in the query language (`Sources/CQueries/functions`), each a
/// comment and the function from its parameters on, as `StoredFunction(name:commented:)` reads it. Their examples
/// run over the tables of `Tests/QueryTests/Cases/library`.
public enum LibraryFunctions {
  /// All of them, by name.
  public static let all: [StoredFunction] = {
    var found: [StoredFunction] = []
    while let query = dossier_query_at(found.count)?.pointee {
      let bytes = UnsafeBufferPointer(start: query.bytes, count: query.length)
      found.append(
        StoredFunction(
          name: String(cString: query.name), commented: String(decoding: bytes, as: UTF8.self)))
    }
    return found
  }()
}
