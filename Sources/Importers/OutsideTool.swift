import Diagnostics
import Dispatch
import Foundation
import Subprocess
import Synchronization

/// A program of the system that reads a format for us, run with limits on time, memory and output.
public struct OutsideTool: Sendable {
  /// What it is called.
  public let name: String
  /// Debian's package that brings it.
  public let package: String
  /// What it is used for.
  public let purpose: String

  /// All that are used, for `dossier doctor`.
  public static let all = [pdftotext, pdfimages]
  static let pdftotext = OutsideTool(
    name: "pdftotext", package: "poppler-utils", purpose: "reads PDF documents")
  static let pdfimages = OutsideTool(
    name: "pdfimages", package: "poppler-utils",
    purpose: "tells scanned pages of PDF documents from empty ones")

  /// What a program may use.
  struct Limits {
    var seconds = 60
    var memoryMegabytes = 768
    var outputBytes = 256 << 20
  }

  /// What a program has written, and how it ended.
  struct Outcome: Sendable {
    var output: [UInt8]
    var messages: String
    var isSuccess: Bool
  }

  /// Where it is; nil if it is not installed.
  public var path: String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
      .map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Runs it with bytes as its standard input.
  ///
  /// - Errors: `IMP118` if it is not installed, `IMP119` if it can't be run or goes beyond a limit.
  func run(
    _ arguments: [String], input: [UInt8], for file: String, limits: Limits = Limits()
  ) throws(DossierError) -> Outcome {
    guard let path else {
      throw DossierError(
        .toolMissing, "'\(file)' needs the program \(name), which is not installed",
        hint: "install it: apt install \(package)")
    }
    let result = Mutex<Result<Outcome?, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    // Not on the shared threads of Swift's concurrency: one of those may be what waits here.
    Task.detached(executorPreference: ToolExecutor.shared) {
      let outcome: Result<Outcome?, any Error>
      do {
        outcome = .success(try await launch(path, arguments, input, limits))
      } catch { outcome = .failure(error) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    switch result.withLock({ $0 }) {
    case .success(let outcome?)?: return outcome
    case .failure(let error)? where (error as? SubprocessError)?.code == .outputLimitExceeded:
      throw DossierError(.toolFailed, "'\(file)' holds over \(limits.outputBytes >> 20) MB of text")
    case .failure(let error)?:
      throw DossierError(.toolFailed, "\(name) can't be run on '\(file)': \(error)", cause: error)
    default:
      throw DossierError(
        .toolFailed, "\(name) took over \(limits.seconds) seconds on '\(file)' and was stopped")
    }
  }

  /// The outcome; nil if the time was up. The shell sets the limits and is then replaced by the program.
  private func launch(
    _ path: String, _ arguments: [String], _ input: [UInt8], _ limits: Limits
  ) async throws -> Outcome? {
    let script =
      "ulimit -v \(limits.memoryMegabytes * 1024); ulimit -t \(limits.seconds); ulimit -c 0; exec \"$0\" \"$@\""
    return try await withThrowingTaskGroup(of: Outcome?.self) { group in
      group.addTask {
        let result = try await Subprocess.run(
          .path("/bin/sh"), arguments: Arguments(["-c", script, path] + arguments),
          environment: .inherit.updating(["LC_ALL": "C.UTF-8"]), input: .array(input),
          output: .bytes(limit: limits.outputBytes), error: .string(limit: 1 << 20))
        return Outcome(
          output: result.standardOutput, messages: result.standardError,
          isSuccess: result.terminationStatus.isSuccess)
      }
      group.addTask {
        try await Task.sleep(for: .seconds(limits.seconds))
        return nil
      }
      // The first that ends decides; the other one is cancelled, which kills the program.
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}

/// A thread of its own for what goes on while a program runs.
private final class ToolExecutor: TaskExecutor {
  static let shared = ToolExecutor()
  private let queue = DispatchQueue(label: "dossier.tools")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
