import CKernels
import Columnar
import Diagnostics
import Dispatch
import Facts
import Importers
import Store
import Synchronization

/// Brings files into a store: import, annotate, store, resolve.
///
/// Documents whose text, metadata, model and settings are unchanged are not annotated again. Documents are
/// stored in groups, a transaction each, so that whatever ends the program leaves whole documents, and the
/// next load of the same files goes on from there.
public enum CorpusLoader {
  /// Annotates one document; entity ids are the document's own clusters.
  public typealias Annotate = @Sendable (Document) throws(DossierError) -> DocumentFacts

  /// Loads files, folders, patterns or standard input (`-`).
  ///
  /// What can't be loaded is a row of `Imports`, and the rest is loaded all the same. Once `isCancelled`
  /// gives true, no further document is begun, and what is whole is kept; one whose annotation fails then is not counted
  /// as failed.
  ///
  /// - Errors: `IMP102` unknown format, `IMP104` two files of one DocId; the store's own, after which the
  ///   store holds the groups that were committed before.
  public static func load(
    _ paths: [String], into writer: StoreWriter, options: LoadOptions, annotate: @escaping Annotate,
    resolve: Resolver, isCancelled: @escaping () -> Bool = { false },
    progress: (LoadProgress) -> Void = { _ in }
  ) throws(DossierError) -> LoadSummary {
    var files = try FileWalker.files(paths, options: options.imports)
    if let seed = options.orderSeed { files.shuffle(seed: seed) }
    var load = Load(writer: writer, options: options, annotate: annotate, mustStop: isCancelled)
    // Whatever ends the load, no group is being stored afterwards.
    defer { load.settle() }
    load.known = try writer.knownDocuments()
    load.progress.totalFiles = files.count
    load.progress.totalBytes = files.reduce(0) { $0 + $1.size }
    for file in files {
      if load.isCancelled || isCancelled() {
        load.isCancelled = true
        break
      }
      try load.add(file, report: progress)
      load.progress.files += 1
      load.progress.bytes += file.size
      progress(load.progress)
    }
    try load.annotatePending()
    return try load.finish(resolve, progress)
  }

  /// Loads facts that were made elsewhere: answers of `annotate` with the table `Clusters`, one a line.
  ///
  /// A line that is no such answer, or one that says why a document could not be annotated, is a row of `Imports`.
  ///
  /// - `lines`: hands on the lines of a file.
  /// - Errors: those of `lines`; the store's own.
  public static func load(
    annotated files: [String], into writer: StoreWriter, options: LoadOptions,
    lines: (String, (String) throws(DossierError) -> Void) throws(DossierError) -> Void,
    resolve: Resolver, isCancelled: @escaping () -> Bool = { false },
    progress: @escaping (LoadProgress) -> Void = { _ in }
  ) throws(DossierError) -> LoadSummary {
    var load = Load(writer: writer, options: options)
    defer { load.settle() }
    load.known = try writer.knownDocuments()
    load.progress.totalFiles = files.count
    for file in files {
      var number = 0
      try lines(file) { line throws(DossierError) in
        number += 1
        if load.isCancelled { return }
        load.isCancelled = isCancelled()
        try load.add(annotated: line, at: "\(file)#\(number)", report: progress)
      }
      load.progress.files += 1
      progress(load.progress)
    }
    try load.readPending()
    return try load.finish(resolve, progress)
  }
}

extension Array {
  /// Puts the elements in an order that only the seed decides (Fisher and Yates, numbers by SplitMix64).
  fileprivate mutating func shuffle(seed: UInt64) {
    var state = seed
    for last in indices.dropFirst().reversed() {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      swapAt(last, Int((mixed ^ mixed >> 31) % UInt64(last + 1)))
    }
  }
}

/// The state of one load.
private struct Load {
  let writer: StoreWriter
  var options: LoadOptions
  /// How documents get their facts; nil where they come with them.
  let annotate: CorpusLoader.Annotate?
  /// Whether the reader wants the load to end.
  let mustStop: () -> Bool
  var known: [String: StoreWriter.KnownDocument] = [:]
  var summary = LoadSummary()
  var progress = LoadProgress()
  var isCancelled = false
  /// Rows of `Imports` that are not stored yet.
  var rows: [ImportRow] = []

  private var pending: [(document: Document, row: ImportRow?, problem: ImportRow?)] = []
  private var pendingLines: [(line: String, location: String)] = []
  private var pendingBytes = 0
  private var ready: [DocumentFacts] = []
  private var readyBytes = 0
  private var places: [String: String] = [:]
  /// DocIds of files that could not be read.
  private var unreadDocuments: [String] = []
  /// Whether something could not be read whose documents may have any name.
  private var hasUnknownDocuments = false
  private let groups = GroupQueue()
  private let clock = ContinuousClock()
  private var lastCommit: ContinuousClock.Instant

  init(
    writer: StoreWriter, options: LoadOptions, annotate: CorpusLoader.Annotate? = nil,
    mustStop: @escaping () -> Bool = { false }
  ) {
    self.writer = writer
    self.options = options
    self.annotate = annotate
    self.mustStop = mustStop
    lastCommit = clock.now
  }

  /// Reads a file and takes in its documents.
  mutating func add(_ file: FoundFile, report: (LoadProgress) -> Void) throws(DossierError) {
    if let problem = file.problem {
      note(problem, at: file.name, skipped: problem.meansSkipped && !file.isNamed)
      if !problem.meansSkipped { hasUnknownDocuments = true }
      return
    }
    guard let importer = file.importer else { return }
    let source: ImportSource
    do throws(DossierError) { source = try FileWalker.source(file) } catch {
      note(error, at: file.name)
      unreadDocuments.append(file.docID)
      return
    }
    // What ends the reading from our side is kept apart from what the file's own faults throw.
    var stop: DossierError?
    var count = FileCount()
    do throws(DossierError) {
      try importer.read(source, options: options.imports) { (item: ImportedItem) throws(DossierError) in
        if self.isCancelled || self.mustStop() {
          self.isCancelled = true
          stop = DossierError(.loadCancelled, "the load was stopped")
        } else {
          do throws(DossierError) {
            try self.take(item, of: file, &count)
            if self.pending.isEmpty { report(self.progress) }
          } catch { stop = error }
        }
        if let stop { throw stop }
      }
    } catch {
      if let stop {
        if self.isCancelled { return }
        throw stop
      }
      note(error, at: file.name, skipped: error.meansSkipped)
      unreadDocuments.append(file.docID)
      return
    }
    guard count.isMany else { return }
    let failures = count.failed > 0 ? "\(count.failed) of \(count.items) not loaded" : ""
    let row = ImportRow(
      path: file.name,
      status: count.failed == 0 ? "loaded" : count.failed < count.items ? "partial" : "failed",
      message: failures)
    if count.changed > 0 || count.failed > 0 { rows.append(row) }
  }

  /// What one file of many documents came to.
  private struct FileCount {
    var items = 0
    var failed = 0
    var changed = 0
    var isMany = false
  }

  private mutating func take(
    _ item: ImportedItem, of file: FoundFile, _ count: inout FileCount
  ) throws(DossierError) {
    count.items += 1
    count.isMany = !sameScalars(item.location, file.name)
    guard let document = item.document else {
      if let error = item.error {
        let skipped = error.meansSkipped
        note(error, at: item.location, skipped: skipped)
        if !skipped {
          count.failed += 1
          // A line may have had a name of its own.
          if count.isMany { hasUnknownDocuments = true } else { unreadDocuments.append(file.docID) }
        }
      }
      return
    }
    var problem: ImportRow?
    if let error = item.error {
      problem = ImportRow(
        path: item.location, status: "partial", code: error.code.rawValue, message: error.message,
        docID: document.docID)
    }
    var row =
      count.isMany || problem != nil
      ? nil : ImportRow(path: file.name, status: "loaded", docID: document.docID)
    let parts = document.parts(longest: options.longestDocument)
    if parts.count > 1 { row?.message = "a text so long that it is \(parts.count) documents" }
    for part in parts {
      guard isNew(part.docID, at: item.location) else {
        count.failed += 1
        continue
      }
      if isUnchanged(part.docID, hash: part.contentHash, annotator: options.annotator) {
        if let problem { note(problem) }
      } else {
        count.changed += 1
        pending.append((part, row, problem))
        pendingBytes += part.text.utf8.count
        // Enough for all threads to be done at about the same time.
        let isMuch = pendingBytes > 1 << 20 && pending.count >= options.threads
        if isMuch || pending.count >= options.threads * 16 { try annotatePending() }
      }
      // Said once.
      (row, problem) = (nil, nil)
      if isCancelled { return }
    }
  }

  /// Annotates the documents that wait, and stores a group if it is full or has waited long enough.
  mutating func annotatePending() throws(DossierError) {
    guard let annotate, !pending.isEmpty else { return }
    let results = parallelMap(pending.map(\.document), threads: options.threads) {
      document -> Result<DocumentFacts, DossierError> in
      do throws(DossierError) {
        var facts = try annotate(document)
        facts.document.hash = document.contentHash
        return .success(facts)
      } catch { return .failure(error) }
    }
    for (item, result) in zip(pending, results) {
      switch result {
      case .success(let facts):
        take(facts)
        if let row = item.row { rows.append(row) }
        if let problem = item.problem { note(problem) }
      case .failure(let error):
        if mustStop() {
          isCancelled = true
        } else {
          note(error, at: places[item.document.docID] ?? item.document.docID)
        }
      }
    }
    pending = []
    pendingBytes = 0
    try noteProgress()
  }

  /// Takes in an answer of `annotate`.
  mutating func add(
    annotated line: String, at location: String, report: (LoadProgress) -> Void
  ) throws(DossierError) {
    pendingLines.append((line, location))
    pendingBytes += line.utf8.count
    if pendingLines.count >= max(8, options.threads * 16) || pendingBytes > 8 << 20 {
      try readPending()
      report(progress)
    }
  }

  /// Reads the answers that wait, and stores a group if it is full or has waited long enough.
  mutating func readPending() throws(DossierError) {
    let results = parallelMap(pendingLines.map(\.line), threads: options.threads) {
      line -> Result<(facts: DocumentFacts, annotator: String), DossierError> in
      do throws(DossierError) { return .success(try Self.facts(line)) } catch { return .failure(error) }
    }
    for (pending, result) in zip(pendingLines, results) {
      switch result {
      case .success(let (facts, annotator)):
        guard isNew(facts.docID, at: pending.location),
          !isUnchanged(facts.docID, hash: facts.document.hash, annotator: annotator)
        else { continue }
        // Documents of one transaction were made by one annotator.
        if annotator != options.annotator { try commit() }
        options.annotator = annotator
        take(facts)
      case .failure(let error): note(error, at: pending.location)
      }
    }
    pendingLines = []
    pendingBytes = 0
    try noteProgress()
  }

  /// The facts that an answer of `annotate` holds.
  private static func facts(_ line: String) throws(DossierError) -> (DocumentFacts, annotator: String) {
    guard let answer = DynamicValue(json: line), case .bag = answer else {
      throw DossierError(.brokenFacts, "the line is not a JSON object")
    }
    if case .bag = answer["error"] {
      throw DossierError(
        DossierError.Code(rawValue: answer["error"]["code"].text), answer["error"]["message"].text)
    }
    let id = answer["id"].text
    guard !id.isEmpty, case .bag = answer["tables"] else {
      throw DossierError(
        .brokenFacts, "the line has no 'id' or no 'tables'",
        hint: "load --annotated reads what 'dossier annotate --clusters' writes")
    }
    return (try DocumentFacts(docID: id, tables: answer["tables"]), answer["annotator"].text)
  }

  /// Whether no other document of this load has the DocId; a second one is noted.
  private mutating func isNew(_ docID: String, at location: String) -> Bool {
    if let first = places[docID] {
      note(.docIDCollision(docID, first, location), at: location)
      return false
    }
    places[docID] = location
    return true
  }

  /// Whether the store has the document as it is, which is counted.
  private mutating func isUnchanged(_ docID: String, hash: String, annotator: String) -> Bool {
    guard !options.force, known[docID] == .init(hash: hash, annotator: annotator) else { return false }
    summary.unchanged += 1
    return true
  }

  private mutating func take(_ facts: DocumentFacts) {
    ready.append(facts)
    readyBytes += facts.document.text.utf8.count
    summary.documents += 1
    if !facts.isAnnotated { summary.otherLanguages += 1 }
    if known[facts.docID] != nil { summary.replaced += 1 }
    summary.sentences += facts.document.sentences
    summary.words += facts.document.words
  }

  private mutating func noteProgress() throws(DossierError) {
    progress.documents = summary.documents
    progress.words = summary.words
    if ready.count >= options.groupSize || readyBytes > 8 << 20 || clock.now - lastCommit > .seconds(3) {
      try commit()
    }
  }

  /// Stores the rest and resolves.
  mutating func finish(
    _ resolve: Resolver, _ report: (LoadProgress) -> Void
  ) throws(DossierError) -> LoadSummary {
    try commit()
    try groups.wait()
    // What annotation leaves in the heaps of its threads is room for resolution, which holds all documents' clusters.
    ck_release_heap()
    if options.sync, !isCancelled { try removeWhatIsGone() }
    try writer.finish(imports: rows, resolve: resolve)
    summary.batch = writer.batch
    summary.isCancelled = isCancelled
    report(progress)
    return summary
  }

  /// Takes away the documents of the store that no file has brought up. A file that can't be read keeps what it
  /// brought before; where it can't be known which documents those are, all stay.
  mutating func removeWhatIsGone() throws(DossierError) {
    if hasUnknownDocuments {
      note(
        DossierError(
          .syncUncertain, "no document was removed: something can't be read, and what it holds is not known"),
        at: "")
      return
    }
    let gone = known.keys.filter { docID in
      places[docID] == nil
        && !unreadDocuments.contains {
          sameScalars(docID, $0) || docID.hasPrefix($0 + "#") || docID.hasPrefix($0 + "/")
        }
    }
    guard !gone.isEmpty else { return }
    summary.removed = try writer.remove(gone.sorted(by: scalarsPrecede))
  }

  /// Stores what is ready; where several threads annotate, beside them.
  mutating func commit() throws(DossierError) {
    lastCommit = clock.now
    if ready.isEmpty { return }
    let (group, annotator, imports) = (ready, options.annotator, rows)
    // One thread at a time: nothing else is asked of the writer before the group is stored.
    nonisolated(unsafe) let writer = writer
    ready = []
    readyBytes = 0
    rows = []
    try groups.store { () throws(DossierError) in
      try writer.commit(group, annotator: annotator, imports: imports)
    }
    if options.threads == 1 { try groups.wait() }
  }

  /// Waits until nothing is being stored.
  func settle() { try? groups.wait() }

  private mutating func note(_ error: DossierError, at path: String, skipped: Bool = false) {
    note(
      ImportRow(
        path: path, status: skipped ? "skipped" : "failed", code: error.code.rawValue,
        message: error.hint.map { "\(error.message) (\($0))" } ?? error.message))
  }

  private mutating func note(_ row: ImportRow) {
    switch row.status {
    case "failed": summary.failed += 1
    case "partial": summary.partial += 1
    default: summary.skipped += 1
    }
    summary.problems.append(row)
    rows.append(row)
  }
}

extension DossierError.Code {
  /// The reader stopped the load.
  static let loadCancelled: Self = "IMP114"
  /// Nothing was removed, as not all files could be read.
  static let syncUncertain: Self = "IMP126"
}

/// Stores groups of documents one after the other while the next ones are annotated, one at a time.
private final class GroupQueue: Sendable {
  private let queue = DispatchQueue(label: "dossier.store")
  private let failure = Mutex<DossierError?>(nil)

  /// Begins to store a group once the one before is stored.
  ///
  /// - Errors: what the one before has thrown.
  func store(_ body: @escaping @Sendable () throws(DossierError) -> Void) throws(DossierError) {
    try wait()
    queue.async {
      do throws(DossierError) { try body() } catch { self.failure.withLock { $0 = error } }
    }
  }

  /// Waits until the last group is stored.
  ///
  /// - Errors: what storing it has thrown.
  func wait() throws(DossierError) {
    queue.sync {}
    let error = failure.withLock { error in
      defer { error = nil }
      return error
    }
    if let error { throw error }
  }
}
