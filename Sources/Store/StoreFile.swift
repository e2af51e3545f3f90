import Diagnostics
import Foundation
import GRDB

/// The SQLite file of a store: how it is opened, and how its format is checked.
enum StoreFile {
  /// `DOSS`, where `file` and SQLite look for the kind of an SQLite file.
  static let applicationID = 0x444F_5353

  /// A connection to read with. It takes no lock that a writer would wait for, and writes nothing.
  ///
  /// - Errors: `STO101` missing, `STO102` not a store, `STO103` newer format, `STO107` unreadable.
  static func openForReading(_ path: String) throws(DossierError) -> DatabaseQueue {
    try requireFile(path)
    // Opened for writing where that is allowed: the last connection to close then clears the log files
    // away, which a read-only one may not.
    var lastError: DossierError?
    for mode in ReadMode.allCases where mode.isPossible(path) {
      do throws(DossierError) {
        let queue = try StoreFailure.guarding(path) {
          try DatabaseQueue(path: mode.address(path), configuration: mode.configuration)
        }
        try checkFormat(queue, path)
        return queue
      } catch {
        if error.code == .notAStore || error.code == .storeTooNew { throw error }
        lastError = lastError ?? error
      }
    }
    throw lastError ?? DossierError(.storeUnreadable, "'\(path)' may not be read")
  }

  /// A connection to write with; makes the file if it is missing, and brings an older format up to date.
  ///
  /// - Errors: as reading, and `STO104` locked, `STO105` disk full, `STO106` read-only.
  static func openForWriting(_ path: String) throws(DossierError) -> DatabaseQueue {
    if FileManager.default.fileExists(atPath: path) {
      try requireFile(path)
      if access(path, W_OK) != 0 {
        throw DossierError(.storeReadOnly, "'\(path)' can't be written: the file is read-only")
      }
    } else {
      let folder = (absolute(path) as NSString).deletingLastPathComponent
      if !FileManager.default.fileExists(atPath: folder) {
        throw DossierError(.storeMissing, "there is no folder '\(folder)' to make the store '\(path)' in")
      }
      if access(folder, W_OK) != 0 {
        throw DossierError(.storeReadOnly, "'\(path)' can't be made: its folder is read-only")
      }
      try make(path)
    }
    let queue = try open(path)
    // What is there is looked at before anything is written to it.
    try checkFormat(queue, path, allowEmpty: true)
    try StoreFailure.guarding(path) {
      _ = try queue.writeWithoutTransaction { db in try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      }
    }
    try migrate(queue, path)
    return queue
  }

  /// Makes an empty store under another name and puts it in its place: a store that is there can be opened, whenever
  /// the program that makes it ends, and whatever room the disk has. The caller has the lock on loading.
  ///
  /// The draft has no log beside it: what is committed is in the file that is moved.
  private static func make(_ path: String) throws(DossierError) {
    let draft = path + "-new"
    for end in ["", "-journal"] { unlink(draft + end) }
    do throws(DossierError) {
      let queue = try open(draft)
      try migrate(queue, draft)
      try StoreFailure.guarding(path) { try queue.close() }
      guard rename(draft, path) == 0 else {
        throw DossierError(.storeReadOnly, "'\(path)' can't be made: \(String(cString: strerror(errno)))")
      }
    } catch {
      for end in ["", "-journal"] { unlink(draft + end) }
      throw error
    }
  }

  private static func open(_ path: String) throws(DossierError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      // Safe against a crash of the program; a power cut may cost the last commits, never the file.
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
      // Of a new file; large segments are then chains of fewer pages.
      try db.execute(sql: "PRAGMA page_size = 16384")
    }
    return try StoreFailure.guarding(path) {
      try DatabaseQueue(path: absolute(path), configuration: configuration)
    }
  }

  private static func migrate(_ queue: DatabaseQueue, _ path: String) throws(DossierError) {
    try StoreFailure.guarding(path) {
      try queue.writeWithoutTransaction { db in
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version < MigrationList.latest else { return }
        try db.inTransaction(.immediate) {
          for step in MigrationList.steps where step.version > version { try step.apply(db) }
          try db.execute(sql: "PRAGMA application_id = \(applicationID)")
          try db.execute(sql: "PRAGMA user_version = \(MigrationList.latest)")
          return .commit
        }
      }
    }
  }

  /// The path from the root, so that SQLite takes it for nothing but a path.
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  private static func requireFile(_ path: String) throws(DossierError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DossierError(
        .storeMissing, "there is no store '\(path)'", hint: "to make it: dossier load \(path) PATH")
    }
    if isFolder.boolValue { throw StoreFailure.notAStore(path) }
    if access(path, R_OK) != 0 { throw DossierError(.storeUnreadable, "'\(path)' may not be read") }
  }

  private static func checkFormat(
    _ queue: DatabaseQueue, _ path: String, allowEmpty: Bool = false
  ) throws(DossierError) {
    let (application, version, tables) = try StoreFailure.guarding(path) {
      try queue.read { db in
        (
          try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
          try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        )
      }
    }
    if allowEmpty, application == 0, version == 0, tables == 0 { return }
    guard application == applicationID else { throw StoreFailure.notAStore(path) }
    guard version <= MigrationList.latest else {
      throw DossierError(
        .storeTooNew,
        "the store '\(path)' has format \(version), and this version of Dossier reads up to \(MigrationList.latest)",
        hint: "install a newer version of Dossier")
    }
  }
}

/// The ways to open a store for reading, best first.
private enum ReadMode: CaseIterable {
  case shared, readOnly, immutable

  func isPossible(_ path: String) -> Bool {
    switch self {
    case .shared: access(path, W_OK) == 0
    case .readOnly: true
    // Nobody can be writing to a file whose log is empty and can't be made.
    case .immutable:
      ((try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0) == 0
    }
  }

  func address(_ path: String) -> String {
    let full = StoreFile.absolute(path)
    guard self == .immutable else { return full }
    let escaped = full.utf8.reduce(into: "") { text, byte in
      if byte < 0x80, byte != UInt8(ascii: "%"), byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return "file:\(escaped)?immutable=1"
  }

  var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.readonly = self != .shared
    configuration.prepareDatabase { [self] db in
      if self == .shared { try db.execute(sql: "PRAGMA query_only = 1") }
      // Large segments are then copied once, not twice; SQLite takes as much of it as it can.
      _ = try Int.fetchOne(db, sql: "PRAGMA mmap_size = \(1 << 40)")
    }
    return configuration
  }
}
