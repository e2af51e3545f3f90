import Glibc

/// The bytes that a terminal sends, as scalars.
///
/// Reads whole chunks, so that a paste of a thousand lines costs a few reads; what is left over when a
/// block is accepted waits for the next one. Bytes that are no UTF-8 become U+FFFD.
final class KeyInput {
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  private var position = 0
  private var unread: [Unicode.Scalar] = []
  /// The terminal is gone.
  private(set) var isAtEnd = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether something can be taken without waiting for a key.
  var isPending: Bool { !unread.isEmpty || position < bytes.count || isReadable(within: 0) }

  /// Whether bytes have already been read.
  var isBuffered: Bool { !unread.isEmpty || position < bytes.count }

  /// Whether the descriptor has bytes within so many milliseconds.
  func isReadable(within milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, milliseconds) > 0 && ready.revents & Int16(POLLIN) != 0
  }

  /// Puts a scalar back in front.
  func putBack(_ scalar: Unicode.Scalar) { unread.append(scalar) }

  /// Drops all that was typed ahead.
  func discard() {
    unread = []
    bytes = []
    position = 0
  }

  /// Reads what is there; blocks where nothing is.
  func fill() {
    if position == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      position = 0
    }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 {
      bytes += chunk[0..<count]
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      isAtEnd = true
    }
  }

  /// The next byte without taking it, if one has been read.
  var nextByte: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Takes the next scalar out of what has been read; nil where more must be read first.
  func take() -> Unicode.Scalar? {
    if let scalar = unread.popLast() { return scalar }
    guard position < bytes.count else { return nil }
    let first = bytes[position]
    let length =
      first < 0x80 ? 1 : first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1
    // The rest of a character is on its way; a lone lead byte is not waited for for ever.
    while bytes.count - position < length, !isAtEnd, isReadable(within: 50) { fill() }
    let end = min(position + length, bytes.count)
    var decoder = UTF8()
    var iterator = bytes[position..<end].makeIterator()
    if case .scalarValue(let scalar) = decoder.decode(&iterator) {
      position += UTF8.width(scalar)
      return scalar
    }
    position += 1
    return "\u{FFFD}"
  }

  /// Takes all up to the end mark of a bracketed paste, `ESC [ 201 ~`, as text with `\n` line ends and
  /// without controls. A paste that stops for two seconds is taken as it is.
  func takePaste() -> [Unicode.Scalar] {
    let mark: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
    var pasted: [UInt8] = []
    var matched = 0
    paste: while true {
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        pasted.append(byte)
        matched = byte == mark[matched] ? matched + 1 : byte == mark[0] ? 1 : 0
        if matched == mark.count {
          pasted.removeLast(mark.count)
          break paste
        }
      }
      if isAtEnd || !isReadable(within: 2000) { break }
      fill()
    }
    return Self.cleaned(pasted)
  }

  /// The editor's terminal mode swaps CR and LF, so that a CR LF pair arrives as LF CR.
  static func cleaned(_ pasted: [UInt8]) -> [Unicode.Scalar] {
    var text: [Unicode.Scalar] = []
    var last: Unicode.Scalar?
    for scalar in String(decoding: pasted, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n": text.append("\n")
      case "\r": if last != "\n" { text.append("\n") }
      case "\t": text.append(scalar)
      default: if scalar.value >= 0x20, !(0x7F..<0xA0).contains(scalar.value) { text.append(scalar) }
      }
      last = scalar == "\r" && last == "\n" ? nil : scalar
    }
    return text
  }
}
