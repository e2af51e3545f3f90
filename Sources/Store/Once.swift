import Columnar
import Diagnostics
import Synchronization

/// GRDB has a type of this name, too.
typealias Table = Columnar.Table

/// A value that is made when it is first asked for, by whichever thread asks first.
public final class Once<T: Sendable>: Sendable {
  private let state = Mutex<T?>(nil)

  /// Nothing is made yet.
  public init() {}

  /// The value; made by `make` if it is not there yet. An error is not kept: the next call tries again.
  public func get(_ make: () throws(DossierError) -> T) throws(DossierError) -> T {
    let result: Result<T, DossierError> = state.withLock { value in
      if let value { return .success(value) }
      do throws(DossierError) {
        let made = try make()
        value = made
        return .success(made)
      } catch { return .failure(error) }
    }
    return try result.get()
  }
}
