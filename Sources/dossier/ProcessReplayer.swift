import Diagnostics
import Foundation
import Notebooks

/// Runs notebooks by other processes of this program, each with its own hash seeds.
struct ProcessReplayer: NotebookReplayer {
  /// What each process is told besides: the store, parameters, the clock.
  let arguments: [String]

  /// - Errors: `CMD132` if the process can't be started; what reading its files throws.
  func replay(_ path: String, under circumstances: Circumstances) throws(DossierError) -> NotebookReplay {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-verify-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    // The outputs name the folder of the pictures, so the copy is called what the notebook is called.
    let copy = folder.appending(path: URL(filePath: path).lastPathComponent)
    let log = folder.appending(path: "standard-error")
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe")
    process.arguments =
      ["run", path, "-o", copy.path, "--threads", "\(circumstances.threads)"] + arguments
      + (circumstances.loadOrder.map { ["--load-order", "\($0)"] } ?? [])
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_DETERMINISTIC_HASHING"] = nil
    environment.merge(circumstances.environment) { $1 }
    process.environment = environment
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data().write(to: log)
      process.standardError = try FileHandle(forWritingTo: log)
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      let diagnostics = String(decoding: try Data(contentsOf: log), as: UTF8.self)
      return try NotebookReplay(
        exitCode: process.terminationReason == .exit
          ? process.terminationStatus : 128 + process.terminationStatus,
        diagnostics: diagnostics, path: copy.path)
    } catch let error as DossierError {
      throw error
    } catch {
      throw DossierError("CMD132", "another process can't run the notebook", cause: error)
    }
  }
}
