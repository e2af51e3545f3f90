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
    var isInTime: Bool
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
    let source = try Self.file(of: input, for: file)
    let result = Mutex<Result<Outcome, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    // Not on the shared threads of Swift's concurrency: one of those may be what waits here.
    Task.detached(executorPreference: ToolExecutor.shared) {
      let outcome: Result<Outcome, any Error>
      do {
        outcome = .success(try await launch(path, arguments, source, limits))
      } catch { outcome = .failure(error) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    switch result.withLock({ $0 }) {
    case .success(let outcome)? where !outcome.isInTime:
      throw DossierError(
        .toolFailed, "\(name) took over \(limits.seconds) seconds on '\(file)' and was stopped")
    case .success(let outcome)?: return outcome
    case .failure(let error)? where (error as? SubprocessError)?.code == .outputLimitExceeded:
      throw DossierError(.toolFailed, "'\(file)' holds over \(limits.outputBytes >> 20) MB of text")
    case let failure:
      throw DossierError(.toolFailed, "\(name) can't be run on '\(file)': \(failure.map { "\($0)" } ?? "")")
    }
  }

  /// Runs the program under limits that the system keeps: the shell sets them and is replaced by `timeout`, which ends
  /// the program when its time is up, however busy we are.
  private func launch(
    _ path: String, _ arguments: [String], _ source: Int32, _ limits: Limits
  ) async throws -> Outcome {
    let script =
      "ulimit -v \(limits.memoryMegabytes * 1024); ulimit -t \(limits.seconds); ulimit -c 0; "
      + "exec timeout -k 1 \(limits.seconds) \"$0\" \"$@\""
    let result = try await Subprocess.run(
      .path("/bin/sh"), arguments: Arguments(["-c", script, path] + arguments),
      environment: .inherit.updating(["LC_ALL": "C.UTF-8"]),
      input: .fileDescriptor(.init(rawValue: source), closeAfterSpawningProcess: true),
      output: .bytes(limit: limits.outputBytes), error: .string(limit: 1 << 20))
    return Outcome(
      output: result.standardOutput, messages: result.standardError,
      isSuccess: result.terminationStatus.isSuccess,
      // What `timeout` says of a program that it has ended.
      isInTime: ![.exited(124), .exited(137), .signaled(SIGKILL)].contains(result.terminationStatus))
  }
}

extension OutsideTool {
  /// An open file of bytes that has no name any more. A program may end without reading all of it, which a pipe would
  /// tell us by a signal.
  private static func file(of bytes: [UInt8], for name: String) throws(DossierError) -> Int32 {
    var path = Array((FileManager.default.temporaryDirectory.path + "/dossier-XXXXXX").utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw unwritable(name) }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = unwritable(name)
        close(descriptor)
        throw failure
      }
      rest = rest.dropFirst(count)
    }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }

  private static func unwritable(_ name: String) -> DossierError {
    DossierError(
      .toolFailed, "there is no room for a temporary file of '\(name)': \(String(cString: strerror(errno)))")
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
