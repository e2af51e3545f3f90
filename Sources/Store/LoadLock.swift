import Diagnostics
import Foundation

/// The right to load into a store, held by one process at a time for a whole load. Readers never ask for it.
///
/// A lock on a file beside the store, which the system frees when the process ends, however it ends. It is
/// not taken on the store itself: closing a second handle to it would drop SQLite's own locks.
final class LoadLock {
  private let descriptor: Int32
  private let path: String

  /// Takes the lock, or throws `STO104` at once if another load has it.
  init(store: String) throws(DossierError) {
    let path = store + "-load"
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard opened >= 0 else {
        throw DossierError(
          .storeReadOnly, "'\(path)' can't be made: \(String(cString: strerror(errno)))",
          hint: "loading needs to write in the store's folder")
      }
      guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
        close(opened)
        throw StoreFailure.locked(store)
      }
      // The holder before us may have removed the file between our open and our lock.
      var (mine, current) = (stat(), stat())
      if fstat(opened, &mine) == 0, stat(path, &current) == 0, mine.st_ino == current.st_ino {
        descriptor = opened
        self.path = path
        return
      }
      close(opened)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
