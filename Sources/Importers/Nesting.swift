import Diagnostics
import Synchronization

/// Where a file stands that is in another one: an attachment, a member of an archive.
struct Nesting: Sendable {
  /// How many files it is in.
  private(set) var depth = 0
  /// The document that its documents were attached to; empty for none.
  private(set) var parentID = ""
  /// What may still be unpacked from the outermost file.
  private(set) var budget: UnpackBudget?

  /// Files within files within files: more than anybody packs.
  private static let deepest = 16

  /// The place of a file inside this one.
  ///
  /// - Errors: `IMP117` if that is too deep.
  func inner(of path: String, parentID: String, budget: UnpackBudget? = nil) throws(DossierError) -> Nesting {
    guard depth < Self.deepest else {
      throw DossierError(
        .nestedTooDeep, "'\(path)' is in a file in a file, \(depth) deep; no more is unpacked")
    }
    var inner = self
    inner.depth += 1
    inner.parentID = parentID
    inner.budget = budget ?? self.budget
    return inner
  }
}

/// How much may be unpacked from one file, with all the archives in it: small files that unpack to all the memory
/// there is exist to do harm.
final class UnpackBudget: Sendable {
  private struct Rest {
    var bytes: Int
    var members = 100_000
  }
  private let rest: Mutex<Rest>

  /// What an archive of so many bytes may hold: text packs to a tenth, logs to a fiftieth.
  init(packed: Int) { rest = Mutex(Rest(bytes: max(64 << 20, min(packed, 1 << 30) * 200))) }

  /// The most that a single member may have.
  static let largestMember = 256 << 20

  /// Whether nothing more may be unpacked.
  var isSpent: Bool { rest.withLock { $0.bytes < 0 || $0.members < 0 } }

  /// Takes a member off.
  /// - Errors: `IMP122`.
  func spendMember(of path: String) throws(DossierError) {
    rest.withLock { $0.members -= 1 }
    if isSpent { throw DossierError(.tooLarge, "'\(path)' has over 100,000 members; no more are read") }
  }

  /// Takes unpacked bytes off.
  /// - Errors: `IMP122`.
  func spend(_ count: Int, of path: String) throws(DossierError) {
    rest.withLock { $0.bytes -= count }
    if isSpent {
      throw DossierError(
        .tooLarge, "'\(path)' unpacks to over 200 times its size, which no text does; no more is read")
    }
  }
}

extension ImportSource {
  /// What may be unpacked from this file: what is left of the outermost one's, or its own if it is that.
  var unpackBudget: UnpackBudget { nesting.budget ?? UnpackBudget(packed: bytes.count) }

  /// Reads a file inside this one; `type` is what it is said to be, for the error where no importer reads such files.
  ///
  /// What is wrong with the inner file is an item of its own; only what `emit` throws ends the reading.
  func readInner(
    _ inner: ImportSource, with importer: (any Importer.Type)?, _ type: String = "", options: ImportOptions,
    emit: (ImportedItem) throws(DossierError) -> Void
  ) throws(DossierError) {
    var end: DossierError?
    do throws(DossierError) {
      guard let importer else {
        let what = type.isEmpty ? "is of no format that is read" : "is attached as \(type), which is not read"
        throw DossierError(.unknownFormat, "'\(inner.path)' \(what)")
      }
      try importer.read(inner, options: options) { (item) throws(DossierError) in
        var item = item
        if let document = item.document, document.parentID.isEmpty {
          item.document?.parentID = inner.nesting.parentID
        }
        do throws(DossierError) { try emit(item) } catch {
          end = error
          throw error
        }
      }
    } catch {
      if let end { throw end }
      try emit(ImportedItem(location: inner.path, error: error))
    }
  }
}
