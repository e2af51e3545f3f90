import Foundation

/// Files that only developers have: the folder `shared` beside the checkout, or `DOSSIER_SHARED`.
public enum SharedData {
  /// The folder, or nil on a user's machine.
  public static let folder: URL? = {
    let manager = FileManager.default
    if let named = ProcessInfo.processInfo.environment["DOSSIER_SHARED"] { return URL(filePath: named) }
    let checkout = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let beside = checkout.deletingLastPathComponent().appending(path: "shared")
    return manager.fileExists(atPath: beside.appending(path: "DESIGN.md").path) ? beside : nil
  }()

  /// A file of the folder. Without the folder the test is skipped by name, but fails under `CI=true`.
  public static func file(_ path: String) -> URL? { folder?.appending(path: path) }

  /// For `.enabled(if:)`: true where the data is, and in CI, where its absence must be seen to fail.
  public static var isExpected: Bool { folder != nil || isCI }

  /// Whether this is a CI run.
  public static var isCI: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }
}
