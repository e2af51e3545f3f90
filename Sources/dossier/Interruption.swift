import Diagnostics
import Foundation
import Synchronization

/// Ctrl-C as a flag that evaluations look at.
enum Interruption {
  private static let requested = Atomic<Bool>(false)

  /// Whether the user asked to stop.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// From now on Ctrl-C sets the flag; a second one ends the process as it would without us.
  static func install() {
    signal(SIGINT) { _ in
      if Interruption.requested.exchange(true, ordering: .relaxed) { _exit(130) }
    }
  }
}

extension DossierError.Code {
  /// The user pressed Ctrl-C.
  static let interrupted: Self = "EXE130"
}
