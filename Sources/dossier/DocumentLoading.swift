import Annotation
import Columnar
import Diagnostics
import Foundation
import Importers
import Loading
import Notebooks
import Store

/// Import, annotation and storing in one call, as every part of the program does it.
enum DocumentLoading {
  /// Loads paths into a store with the model of this machine.
  static func load(
    _ paths: [String], into store: String, imports: ImportOptions = ImportOptions(), threads: Int? = nil,
    force: Bool = false, sync: Bool = false, orderSeed: UInt64? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { Interruption.isRequested },
    progress: (LoadProgress) -> Void = { _ in }
  ) throws(DossierError) -> LoadSummary {
    let (annotator, name) = try AnnotatorLoader.load()
    var options = Self.options(annotator: name, threads: threads, force: force)
    options.imports = imports
    options.sync = sync
    options.orderSeed = orderSeed
    return try CorpusLoader.load(
      paths, into: StoreWriter(store), options: options,
      annotate: Self.annotate(annotator, isCancelled), resolve: EntityResolution.resolve,
      isCancelled: isCancelled, progress: progress)
  }

  private static func annotate(
    _ annotator: Annotator, _ isCancelled: @escaping @Sendable () -> Bool
  ) -> CorpusLoader.Annotate {
    var options = AnnotationOptions()
    options.isCancelled = isCancelled
    let chosen = options
    return { document throws(DossierError) in try annotator.annotate(document, options: chosen) }
  }
}

extension DocumentLoading {
  /// Makes the facts of a store anew with the model of this machine.
  static func rebuild(_ store: String) throws(DossierError) -> StoreRebuilder.Summary {
    _ = try CorpusStore.open(store)
    let (annotator, name) = try AnnotatorLoader.load()
    return try StoreRebuilder.rebuild(
      StoreWriter(store), annotator: name, threads: ProcessInfo.processInfo.activeProcessorCount,
      annotate: Self.annotate(annotator) { Interruption.isRequested }, resolve: EntityResolution.resolve,
      isCancelled: { Interruption.isRequested })
  }

  private static func options(annotator: String, threads: Int?, force: Bool) -> LoadOptions {
    var options = LoadOptions(annotator: annotator)
    options.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    options.force = force
    return options
  }

  /// Loads the answers of `dossier annotate --clusters`: JSONL files, folders of them, or `-` for standard input.
  /// - Errors: `CMD101` for a path that can't be read; the store's own.
  static func load(
    annotated paths: [String], into store: String, threads: Int? = nil, force: Bool = false,
    isCancelled: @escaping () -> Bool = { Interruption.isRequested },
    progress: @escaping (LoadProgress) -> Void = { _ in }
  ) throws(DossierError) -> LoadSummary {
    var files: [String] = []
    for path in paths { files += try annotatedFiles(path) }
    return try CorpusLoader.load(
      annotated: files, into: StoreWriter(store),
      options: Self.options(annotator: "", threads: threads, force: force),
      lines: { path, body throws(DossierError) in try forEachLine(of: path, body) },
      resolve: EntityResolution.resolve, isCancelled: isCancelled, progress: progress)
  }

  /// The files of a folder that hold JSON lines, by name; a file as it is.
  private static func annotatedFiles(_ path: String) throws(DossierError) -> [String] {
    var isFolder: ObjCBool = false
    guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return [path] }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw DossierError("CMD101", "'\(path)' can't be read", cause: error)
    }
    let lines = names.filter { name in JSONLinesImporter.extensions.contains { name.hasSuffix(".\($0)") } }
    guard !lines.isEmpty else {
      throw DossierError(
        "CMD101", "the folder '\(path)' holds no JSON lines",
        hint: "files that end in .jsonl, as 'dossier annotate --clusters' writes them")
    }
    return lines.sorted(by: scalarsPrecede).map { "\(path)/\($0)" }
  }
}

/// Loads the documents and tables that a notebook names into a store that vanishes with the process.
struct TemporaryLoader: DocumentLoader {
  func load(
    _ sources: [DocumentSource], tables: [TableSource], orderSeed: UInt64?, threads: Int?
  ) throws(DossierError) -> CorpusStore {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-\(UUID().uuidString)")
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw DossierError("CMD130", "no temporary folder can be made", cause: error)
    }
    // The open file lives on without its name, so that nothing is left behind whatever ends the process.
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "notebook.dossier").path
    // Documents of which the same is said are one load, in which two of one DocId are an error.
    var rest = sources[...]
    while let first = rest.first {
      let group = rest.prefix { $0.options == first.options }
      rest = rest.dropFirst(group.count)
      let flags = try LoadWords.read(
        group.map(\.path) + first.options.flatMap { ["--\($0.name)", $0.value] }
      ).flags
      let summary = try DocumentLoading.load(
        group.map(\.path), into: path, imports: try flags.imports(), threads: threads, orderSeed: orderSeed,
        progress: LoadReport.show)
      LoadReport.clearProgress()
      if summary.isCancelled { throw DossierError(.interrupted, "interrupted") }
      guard summary.replaced == 0 else {
        throw DossierError(
          "CMD131", "documents under '\(first.path)' have the DocIds of others that this notebook names",
          hint: "load them into a store, or name a folder that holds both")
      }
    }
    for table in tables {
      guard let file = table.path else { continue }
      _ = try TableLoading.load(file, as: table.name, into: path, threads: threads)
    }
    return try CorpusStore.open(path)
  }
}
