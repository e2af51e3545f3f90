import Columnar
import Diagnostics
import Foundation

/// A file to be read, or the reason why it won't be.
public struct FoundFile: Sendable {
  /// The path to open; `-` is standard input.
  public var path: String
  /// The path to show: as named, or relative to the folder that was named.
  public var name: String
  /// The DocId of the file's document, where the file does not give one itself.
  public var docID: String
  /// The name of the format; empty if there is a problem.
  public var format: String
  /// Why the file won't be read.
  public var problem: DossierError?
  /// How many bytes it has; 0 where that can't be known before it is read.
  public var size = 0
  /// Whether the file was named itself, rather than found in a folder.
  public var isNamed = false

  /// The importer for the file.
  public var importer: (any Importer.Type)? { ImporterRegistry.importer(named: format) }
}

/// Finds files and reads them: the only part of importing that touches the file system.
///
/// Folders are gone through to the bottom. Hidden files and stores are passed over; links that lead out of
/// the folder, or to a folder, are reported and not followed.
public enum FileWalker {
  /// The files that arguments of the command line stand for: files, folders, patterns that no shell has
  /// expanded, `-`. In the order of the arguments; the files of a folder by their path's UTF-8 bytes.
  ///
  /// - Errors: `IMP102` for a format that does not exist, `IMP104` if two files would be one document.
  public static func files(
    _ arguments: [String], options: ImportOptions = ImportOptions()
  ) throws(DossierError) -> [FoundFile] {
    if let format = options.format, ImporterRegistry.importer(named: format) == nil {
      throw DossierError(
        .unknownFormat, "there is no format '\(format)'",
        hint: "formats are \(ImporterRegistry.importers.map { $0.name }.joined(separator: ", "))")
    }
    var found: [FoundFile] = []
    for argument in arguments { found += expand(argument, options) }
    var places: [String: String] = [:]
    for file in found where file.problem == nil {
      if let first = places.updateValue(file.name == file.docID ? file.path : file.name, forKey: file.docID) {
        throw .docIDCollision(file.docID, first, file.path)
      }
    }
    return found
  }

  /// A file, or standard input, for its importer: whole, or its beginning where the importer reads pieces.
  ///
  /// - Errors: `IMP103` with what the system says.
  public static func source(_ file: FoundFile) throws(DossierError) -> ImportSource {
    try source(file, pieceSize: 4 << 20)
  }

  static func source(_ file: FoundFile, pieceSize: Int) throws(DossierError) -> ImportSource {
    let reader = try FileReader(file, pieceSize: pieceSize)
    guard let importer = file.importer, importer.readsPieces else {
      return ImportSource(path: file.name, docID: file.docID, bytes: try reader.read(.max))
    }
    let beginning = try reader.read(pieceSize)
    var source = ImportSource(path: file.name, docID: file.docID, bytes: beginning)
    if beginning.count == pieceSize { source.rest = reader }
    return source
  }

  private static func expand(_ argument: String, _ options: ImportOptions) -> [FoundFile] {
    if argument == "-" {
      return [
        FoundFile(
          path: "-", name: "-", docID: "stdin", format: (options.format ?? TextImporter.name).lowercased())
      ]
    }
    var info = stat()
    guard stat(argument, &info) == 0 else {
      let matches = argument.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B } ? glob(argument) : []
      if !matches.isEmpty { return matches.flatMap { expand($0, options) } }
      return [
        failed(
          argument, name: argument,
          DossierError(.noSuchFile, "'\(argument)': \(String(cString: strerror(errno)))"))
      ]
    }
    if info.st_mode & S_IFMT == S_IFDIR { return walk(argument, options) }
    var file = single(argument, name: argument, docID: lastPart(argument), options)
    file.isNamed = true
    file.size = Int(info.st_size)
    return [file]
  }

  private static func single(
    _ path: String, name: String, docID: String, _ options: ImportOptions
  ) -> FoundFile {
    let importer =
      options.format.flatMap { ImporterRegistry.importer(named: $0) }
      ?? ImporterRegistry.importer(forFile: lastPart(path))
    guard let importer else {
      let formats = ImporterRegistry.importers.map { $0.name }.joined(separator: ", ")
      return failed(
        path, name: name,
        DossierError(
          .unknownFormat, "'\(name)' is of no format that is read",
          hint: "say which it is with --format: \(formats)"))
    }
    return FoundFile(path: path, name: name, docID: docID, format: importer.name)
  }

  private static func failed(_ path: String, name: String, _ error: DossierError) -> FoundFile {
    FoundFile(path: path, name: name, docID: "", format: "", problem: error)
  }

  private static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Paths that a shell's pattern stands for, by their UTF-8 bytes.
  private static func glob(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard Foundation.glob(pattern, GLOB_NOSORT, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
      .sorted { scalarsPrecede($0, $1) }
  }

  /// The files of a folder and the folders in it.
  private static func walk(_ root: String, _ options: ImportOptions) -> [FoundFile] {
    var found: [FoundFile] = []
    var folders = [""]
    let base = root.hasSuffix("/") ? root : root + "/"
    while let folder = folders.popLast() {
      guard let entries = names(in: base + folder) else {
        let name = folder.isEmpty ? root : folder
        found.append(failed(base + folder, name: name, FileReader.unreadable(base + folder)))
        continue
      }
      for entry in entries {
        let name = folder + entry.name
        let path = base + name
        guard entry.isText else {
          found.append(
            failed(
              path, name: name, DossierError(.unreadableFile, "the name '\(name)' is not UTF-8; rename it")))
          continue
        }
        if entry.name.hasPrefix(".") || isStore(entry.name) { continue }
        var info = stat()
        guard lstat(path, &info) == 0 else {
          found.append(failed(path, name: name, FileReader.unreadable(name)))
          continue
        }
        if info.st_mode & S_IFMT == S_IFLNK {
          if let problem = linkProblem(path, name, root: base) {
            found.append(failed(path, name: name, problem))
            continue
          }
          _ = stat(path, &info)
        }
        switch info.st_mode & S_IFMT {
        case S_IFDIR: folders.append(name + "/")
        case S_IFREG:
          var file = single(path, name: name, docID: name, options)
          file.size = Int(info.st_size)
          found.append(file)
        default:
          found.append(failed(path, name: name, DossierError(.unreadableFile, "'\(name)' is no plain file")))
        }
      }
    }
    return found.sorted { scalarsPrecede($0.name, $1.name) }
  }

  /// Stores and the files that SQLite keeps beside them.
  private static func isStore(_ name: String) -> Bool {
    [".dossier", ".dossier-wal", ".dossier-shm", ".dossier-load", ".dossier-journal", ".dossier-new"]
      .contains { name.hasSuffix($0) }
  }

  /// Why a link is not followed; nil for one to a file within the folder.
  private static func linkProblem(_ path: String, _ name: String, root: String) -> DossierError? {
    guard let target = realPath(path), let folder = realPath(root) else {
      return DossierError(.linkNotFollowed, "'\(name)' is a link to nothing")
    }
    var info = stat()
    if stat(target, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
      return DossierError(.linkNotFollowed, "'\(name)' is a link to a folder, which is not followed")
    }
    if target.hasPrefix(folder == "/" ? "/" : folder + "/") { return nil }
    return DossierError(.linkNotFollowed, "'\(name)' is a link out of the folder, which is not followed")
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The names in a folder, `.` and `..` left out; nil if it can't be read.
  private static func names(in folder: String) -> [(name: String, isText: Bool)]? {
    guard let directory = opendir(folder) else { return nil }
    defer { closedir(directory) }
    var names: [(name: String, isText: Bool)] = []
    while let entry = readdir(directory) {
      let bytes = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strnlen($0, 256)))
        }
      }
      let text = String(validating: bytes, as: UTF8.self)
      let name = text ?? String(decoding: bytes, as: UTF8.self)
      if name != ".", name != ".." { names.append((name, text != nil)) }
    }
    return names
  }

  private static func strnlen(_ bytes: UnsafePointer<UInt8>, _ limit: Int) -> Int {
    var length = 0
    while length < limit, bytes[length] != 0 { length += 1 }
    return length
  }
}
