import Columnar
import Diagnostics
import Foundation
import KQLEngine
import KQLLibrary
import RandomQueries

/// Feeds broken queries to the language. A worker process does it, as a crash ends a process: it notes each text in a
/// file before it reads it, and the one that started it tells what was read last.
enum BrokenQueries {
  /// How long a text of one megabyte may take.
  private static let longest = 1.0
  private static let isVerbose = CommandLine.arguments.contains("--verbose")

  private static var corpus: [String] {
    var all: [String] = allOperators.flatMap { $0.examples.map(\.query) }
    let functions = FunctionRegistry.builtIn
    all += functions.scalars.flatMap { $0.examples.map(\.query) }
    all += functions.aggregates.flatMap { $0.examples.map(\.query) }
    var maker = QueryMaker(seed: 99, dialect: .full)
    for _ in 0..<300 { all.append(maker.next().text) }
    return all
  }

  private static var words: [String] {
    allOperators.flatMap(\.keywords) + FunctionRegistry.builtIn.names.map { $0 + "(" }
      + ScalarType.allCases.map(\.rawValue)
  }

  /// Reads, checks and runs a text, within limits; gives how long the first two took.
  private static func attempt(_ text: String, _ engine: Engine, runs: Bool) -> Double {
    let start = processorTime()
    let deadline = ContinuousClock.now + .seconds(3)
    let settings = ExecutionSettings(
      memoryLimit: 50_000_000,
      interruption: {
        ContinuousClock.now > deadline ? DossierError("EXE003", "out of time") : nil
      })
    var compiled: CompiledQuery?
    do throws(DossierError) {
      compiled = try engine.compile(text, settings: settings)
    } catch {
      _ = error.rendered(in: SourceText(text))
    }
    let taken = processorTime() - start
    if runs, let compiled { _ = try? engine.run(compiled, ExecutionContext(settings)) }
    return taken
  }

  /// Seconds that this process has worked: what others do meanwhile does not count.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  // MARK: The worker

  /// `worker FILE --seconds N --seed S --from I`: works for so long; what it reads stands in FILE. Begins with the
  /// large texts from the I-th on.
  static func work(file: String, seconds: Double, seed: UInt64, from first: Int) {
    let engine = Engine.standard()
    var mutator = Mutator(seed: seed, corpus: corpus, words: words)
    let descriptor = open(file, O_RDWR | O_CREAT, 0o600)
    guard descriptor >= 0 else { exit(2) }
    func note(_ text: String) {
      var bytes = Array(text.utf8)
      ftruncate(descriptor, off_t(bytes.count))
      _ = bytes.withUnsafeMutableBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }
    let end = ContinuousClock.now + .seconds(seconds)
    var (count, large, slowest) = (0, 0, 0.0)
    func measure(_ name: String, _ text: String) {
      note(text)
      let taken = attempt(text, engine, runs: false)
      large += 1
      slowest = max(slowest, taken)
      if taken > longest / 4, isVerbose { print("\(taken) s: \(name)") }
      if taken > longest { print("SLOW \(taken) s for \(text.utf8.count) bytes: \(name)") }
    }
    for (index, (name, make)) in Mutator.systematic(1_000_000).enumerated() where index >= first {
      guard ContinuousClock.now < end else { break }
      print("AT \(index)")
      fflush(nil)
      measure(name, make())
    }
    print("AT \(Int.max)")
    fflush(nil)
    while ContinuousClock.now < end {
      let text = mutator.next()
      note(text)
      _ = attempt(text, engine, runs: true)
      count += 1
      if count % 2000 == 0 {
        let (name, text) = mutator.large(1_000_000)
        measure(name, text)
      }
    }
    print(
      "DONE \(count) broken queries, \(large) texts of 1 MB, the slowest \(Double(Int(slowest * 1000)) / 1000) s"
    )
  }

  /// `try FILE`: reads, checks and runs the text of a file.
  static func attempt(file: String) {
    guard let data = FileManager.default.contents(atPath: file) else { exit(2) }
    _ = attempt(String(decoding: data, as: UTF8.self), Engine.standard(), runs: true)
  }

  // MARK: The parent

  /// `mutate --minutes N --seed S`: ends with exit code 1 if a worker died, hung, or was slow.
  static func mutate(minutes: Double, seed: UInt64) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("dossier-fuzz-\(getpid())").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let end = Date().addingTimeInterval(minutes * 60)
    var (round, faults, first) = (UInt64(0), 0, 0)
    while Date() < end, faults < 20 {
      round += 1
      let seconds = min(600, max(1, end.timeIntervalSinceNow))
      let arguments =
        [
          "worker", file, "--seconds", "\(seconds)", "--seed", "\(seed &* 1000 &+ round)", "--from",
          "\(first)",
        ] + (isVerbose ? ["--verbose"] : [])
      let outcome = run(arguments, watching: file)
      for line in outcome.lines {
        if line.hasPrefix("AT "), let place = Int(line.dropFirst(3)) {
          first = place == Int.max ? place : place + 1
        } else {
          print(line)
        }
      }
      faults += outcome.lines.filter { $0.hasPrefix("SLOW") }.count
      if let death = outcome.death {
        faults += 1
        let text = FileManager.default.contents(atPath: file) ?? Data()
        let cut = shortened(Array(text), file: file, hangs: death == "hung")
        print("FAULT \(death) on:\n\(String(decoding: cut, as: UTF8.self))\n---")
      }
      fflush(nil)
    }
    print("HEADLINE faults = \(faults) in \(minutes) minutes")
    exit(faults == 0 ? 0 : 1)
  }

  /// Runs a worker; gives its lines, and how it died unless it ended by itself.
  private static func run(_ arguments: [String], watching file: String) -> (lines: [String], death: String?) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return ([], "no worker") }
    let watched = Watch(process: process, file: file)
    watched.start()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    if watched.hasKilled { return (lines, "hung") }
    if process.terminationReason == .uncaughtSignal { return (lines, "signal \(process.terminationStatus)") }
    return (lines, process.terminationStatus == 0 ? nil : "exit code \(process.terminationStatus)")
  }

  /// Ends a worker whose text has not changed for a while.
  private final class Watch: @unchecked Sendable {
    private let process: Process
    private let file: String
    private let lock = NSLock()
    private var killed = false
    var hasKilled: Bool { lock.withLock { killed } }

    init(process: Process, file: String) {
      self.process = process
      self.file = file
    }

    func start() {
      let thread = Thread { [self] in
        var (last, since) = (Date.distantPast, Date())
        while process.isRunning {
          Thread.sleep(forTimeInterval: 0.5)
          let changed = (try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate]) as? Date
          if let changed, changed != last { (last, since) = (changed, Date()) }
          if Date().timeIntervalSince(since) > 10 {
            lock.withLock { killed = true }
            kill(process.processIdentifier, SIGKILL)
            return
          }
        }
      }
      thread.start()
    }
  }

  /// The text with runs of bytes left out as long as reading it still ends badly.
  private static func shortened(_ text: [UInt8], file: String, hangs: Bool) -> [UInt8] {
    if hangs { return Array(text.prefix(5000)) }
    let copy = file + "-cut"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    func dies(_ bytes: [UInt8]) -> Bool {
      _ = FileManager.default.createFile(atPath: copy, contents: Data(bytes))
      return run(["try", copy], watching: copy).death != nil
    }
    guard dies(text) else { return text }
    var best = text
    var length = best.count / 2
    while length > 0 {
      var start = 0
      while start < best.count {
        var shorter = best
        shorter.removeSubrange(start..<min(best.count, start + length))
        if dies(shorter) { best = shorter } else { start += length }
      }
      length /= 2
    }
    return best
  }
}
