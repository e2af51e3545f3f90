import Diagnostics
import GRDB

extension DossierError.Code {
  /// There is no file of that name.
  static let storeMissing: Self = "STO101"
  /// The file is something else than a store.
  static let notAStore: Self = "STO102"
  /// The store was written by a newer version of the program.
  static let storeTooNew: Self = "STO103"
  /// Another process is writing to the store.
  static let storeLocked: Self = "STO104"
  /// The file system has no room left.
  static let diskFull: Self = "STO105"
  /// The file or its folder may not be written.
  static let storeReadOnly: Self = "STO106"
  /// The file may not be opened.
  static let storeUnreadable: Self = "STO107"
  /// The store's bytes are not what was written.
  public static let storeDamaged: Self = "STO108"
  /// There is no load of that number.
  static let noSuchSnapshot: Self = "STO109"
  /// SQLite reports anything else.
  static let storeFailure: Self = "STO110"
  /// What the store said after a load is gone.
  static let snapshotVacuumed: Self = "STO112"
  /// There is no document of that name.
  static let noSuchDocument: Self = "STO111"
}

/// What SQLite says, as the errors of this target.
enum StoreFailure {
  /// Runs SQLite work on the store at `path`; its errors come out as `STO1…`.
  static func guarding<T>(_ path: String, _ body: () throws -> T) throws(DossierError) -> T {
    do {
      return try body()
    } catch let error as DossierError {
      throw error
    } catch let error as DatabaseError {
      throw wrap(error, path)
    } catch is MalformedBytes {
      throw damaged(path, "a segment does not read back")
    } catch {
      throw DossierError(.storeFailure, "the store '\(path)' can't be used: \(error)", cause: error)
    }
  }

  /// Failures of writing, to the store or to what SQLite keeps beside it.
  private static let writing: [ResultCode] = [
    .SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_SHMSIZE,
    .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMMAP,
  ]

  private static func wrap(_ error: DatabaseError, _ path: String) -> DossierError {
    switch error.resultCode {
    case .SQLITE_NOTADB:
      notAStore(path)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      locked(path)
    case .SQLITE_FULL:
      DossierError(
        .diskFull, "no room left on the disk of '\(path)'",
        hint:
          "the store is as it was after the last whole group of documents; free some space and load again",
        cause: error)
    case .SQLITE_READONLY, .SQLITE_PERM:
      DossierError(
        .storeReadOnly, "'\(path)' can't be written: the file, its folder or its disk is read-only",
        cause: error)
    case .SQLITE_CANTOPEN:
      DossierError(
        .storeUnreadable, "'\(path)' can't be opened: \(error.message ?? "no reason given")", cause: error)
    case .SQLITE_CORRUPT:
      damaged(path, error.message ?? "SQLite finds it malformed")
    case .SQLITE_IOERR where writing.contains(error.extendedResultCode):
      DossierError(.diskFull, "'\(path)' can't be written: the disk is full or failing", cause: error)
    default:
      DossierError(
        .storeFailure, "the store '\(path)' can't be used: \(error.message ?? "\(error)")", cause: error)
    }
  }

  static func notAStore(_ path: String) -> DossierError {
    DossierError(
      .notAStore, "'\(path)' is not a dossier store",
      hint: "to make a store of documents: dossier load NEW.dossier PATH")
  }

  static func locked(_ path: String) -> DossierError {
    DossierError(
      .storeLocked, "another process is loading into '\(path)'", hint: "wait until it is done, then try again"
    )
  }

  static func open(_ path: String) -> DossierError {
    DossierError(
      .storeLocked, "another process has '\(path)' open", hint: "close it, then try again")
  }

  static func damaged(_ path: String, _ detail: String) -> DossierError {
    DossierError(
      .storeDamaged, "the store '\(path)' is damaged: \(detail)",
      hint:
        "dossier doctor \(path) --rebuild makes the facts anew; if that fails, load the documents again into a new store"
    )
  }
}
