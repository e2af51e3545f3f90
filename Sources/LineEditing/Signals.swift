import CLibedit
import Glibc

/// A pipe that signal handlers write to, so that a signal wakes a `poll` on whatever thread it came.
final class SignalPipe {
  let reading: Int32
  let writing: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard cledit_pipe(&ends) == 0 else { return nil }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// The signals that came, in order.
  func take() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(reading, &bytes, bytes.count)
    return count > 0 ? bytes[..<count].map(Int32.init) : []
  }

  func drain() { while !take().isEmpty {} }
}

/// Ctrl-C while something runs that can be cancelled.
public enum Interrupts {
  /// Runs `body`; at each Ctrl-C in the meantime calls `onInterrupt`, on another thread. Neither then nor
  /// afterwards does Ctrl-C end the process. Not to be nested.
  public static func during<T>(
    _ onInterrupt: @escaping @Sendable () -> Void, _ body: () throws -> T
  ) rethrows -> T {
    guard let pipe = SignalPipe() else { return try body() }
    var thread = pthread_t()
    let watch = Unmanaged.passRetained(Watch(pipe: pipe, onInterrupt: onInterrupt))
    let started = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue().run()
        return nil
      }, watch.toOpaque())
    defer { watch.release() }
    guard started == 0 else { return try body() }
    cledit_guard_interrupt()
    cledit_watch_interrupt(pipe.writing)
    defer {
      cledit_unwatch_interrupt()
      var stop: UInt8 = 0
      _ = write(pipe.writing, &stop, 1)
      pthread_join(thread, nil)
    }
    return try body()
  }

  private final class Watch {
    let pipe: SignalPipe
    let onInterrupt: @Sendable () -> Void

    init(pipe: SignalPipe, onInterrupt: @escaping @Sendable () -> Void) {
      self.pipe = pipe
      self.onInterrupt = onInterrupt
    }

    func run() {
      while true {
        var ready = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, -1) > 0 else { continue }
        for signal in pipe.take() {
          if signal == 0 { return }
          onInterrupt()
        }
      }
    }
  }
}
