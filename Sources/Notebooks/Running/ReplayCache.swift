import Columnar
import Diagnostics
import Foundation
import Store
import Synchronization

/// Results of queries that were answered before, in files: what `run --cache` reads instead of evaluating.
///
/// A file is named by the SHA-256 of all that its result rests on (`CachedEvaluator` says what), so that it is
/// never stale: it is either the answer or not found. It starts with the SHA-256 of the rest; a file that is
/// damaged counts as not there. Files are replaced as a whole, so that several processes can share a folder.
public final class ReplayCache: Sendable {
  /// A result, with the evidence of those of its rows that a report showed.
  struct Entry: Codable {
    struct Field: Codable {
      let name: String
      /// As KQL writes it.
      let type: String
    }
    struct Property: Codable {
      let name: String
      let value: String
    }
    struct Row: Codable {
      let row: Int
      let evidence: RowEvidence
    }
    let fields: [Field]
    let columns: [Data]
    let rowCount: Int
    let chart: String?
    let chartProperties: [Property]
    let notes: [String]
    /// How many sentences a row's evidence was cut to, and the rows whose evidence is known.
    var limit = 0
    var evidence: [Row] = []
  }

  /// Bytes that the folder may hold once a run is over; the files that were not used for longest go.
  public static let mostBytes = 512 << 20
  /// A larger result is not kept.
  static let mostBytesOfAnEntry = 64 << 20

  /// What evaluates, as a text that differs where another version would answer.
  let program: String
  private let folder: String
  private struct Counts {
    var found = 0
    var asked = 0
    var problem: String?
  }
  private let counts = Mutex(Counts())

  /// Keeps results in a folder, which is made when the first one is written.
  public init(folder: String, program: String) {
    self.folder = folder
    self.program = program
  }

  /// `$XDG_CACHE_HOME/dossier/results`, else `~/.cache/dossier/results`; nil without a home. A relative
  /// `XDG_CACHE_HOME` is to be ignored, says the XDG base directory specification.
  public static func defaultFolder(_ environment: [String: String]) -> String? {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/dossier/results" }
    return environment["HOME"].map { "\($0)/.cache/dossier/results" }
  }

  /// What the reader is told when all is done, and why nothing could be kept if so.
  public var summary: String {
    let counts = counts.withLock { $0 }
    let line = "\(grouped(counts.found)) of \(counted(counts.asked, "result")) from the cache\n"
    return line + (counts.problem.map { "note: the cache keeps nothing: \($0)\n" } ?? "")
  }

  /// The entry of a key; nil if there is none that is whole.
  func entry(_ key: String) -> Entry? {
    let path = path(key)
    let found = (try? AtomicFile.read(path)).flatMap(Self.decoded)
    counts.withLock {
      $0.asked += 1
      if found != nil { $0.found += 1 }
    }
    // The time of the last use decides what goes first.
    if found != nil { utimes(path, nil) }
    return found
  }

  /// Keeps an entry. What can't be written is not kept; `summary` says why.
  func keep(_ entry: Entry, _ key: String) {
    guard let bytes = Self.encoded(entry), bytes.count <= Self.mostBytesOfAnEntry else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try AtomicFile.write(bytes, to: path(key))
    } catch {
      let problem = (error as? DossierError)?.message ?? "the folder '\(folder)' can't be made"
      counts.withLock { $0.problem = problem }
    }
  }

  /// Removes the files that were not used for longest, until the folder is small enough.
  public func trim(to most: Int = ReplayCache.mostBytes) {
    let keys: Set<URLResourceKey> = [.contentModificationDateKey, .fileSizeKey]
    let files =
      (try? FileManager.default.contentsOfDirectory(
        at: URL(filePath: folder), includingPropertiesForKeys: Array(keys))) ?? []
    var known = files.compactMap { file -> (file: URL, used: Date, size: Int)? in
      guard let values = try? file.resourceValues(forKeys: keys) else { return nil }
      return (file, values.contentModificationDate ?? .distantPast, values.fileSize ?? 0)
    }
    known.sort { $0.used < $1.used }
    var total = known.reduce(0) { $0 + $1.size }
    for (file, _, size) in known where total > most {
      try? FileManager.default.removeItem(at: file)
      total -= size
    }
  }

  private func path(_ key: String) -> String { "\(folder)/\(key)" }

  private static func encoded(_ entry: Entry) -> [UInt8]? {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    guard let body = try? encoder.encode(entry) else { return nil }
    return hash(Array(body)) + body
  }

  private static func decoded(_ bytes: [UInt8]) -> Entry? {
    let body = Array(bytes.dropFirst(32))
    guard bytes.count > 32, hash(body).elementsEqual(bytes[..<32]) else { return nil }
    return try? PropertyListDecoder().decode(Entry.self, from: Data(body))
  }

  private static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }
}

extension ReplayCache.Entry {
  init(_ table: Table) {
    fields = table.schema.fields.map { Field(name: $0.name, type: $0.type.rawValue) }
    columns = table.columns.map { Data(ColumnBytes.of($0)) }
    rowCount = table.rowCount
    chart = table.visualization?.kind
    chartProperties = (table.visualization?.properties ?? []).map { Property(name: $0.name, value: $0.value) }
    notes = table.notes
  }

  /// The result; nil if the columns are not whole.
  var table: Table? {
    let columns = columns.compactMap { ColumnBytes.column(of: Array($0)) }
    let known = fields.compactMap { field in
      ScalarType(rawValue: field.type).map { Columnar.Field(field.name, $0) }
    }
    guard columns.count == fields.count, known.count == fields.count,
      columns.allSatisfy({ $0.count == rowCount })
    else { return nil }
    var table = Table(
      schema: Schema(known), columns: columns, rowCount: rowCount,
      visualization: chart.map { kind in
        Visualization(kind: kind, properties: chartProperties.map { ($0.name, $0.value) })
      })
    table.notes = notes
    return table
  }
}
