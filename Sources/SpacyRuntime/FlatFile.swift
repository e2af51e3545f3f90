import CKernels
import Diagnostics

/// The one file that a model package is turned into: named sections of text, records or numbers.
///
/// Model: a header of 64 bytes (magic, format, number of sections, length, checksum of all that follows
/// the checksum, SHA-256 of the contents that decide the output), a table of 80 bytes a section (name,
/// offset, length, up to four dimensions), then the sections, each at a multiple of 64 bytes so that its
/// numbers can be used in place. All numbers are little-endian.
struct FlatFile: Sendable {
  /// Texts that name the model but do not change what it computes.
  static let notices = "notices"
  static let meta = "meta"

  static let magic = Array("DOSSIERM".utf8)
  static let format: UInt32 = 1
  static let headerSize = 64
  static let entrySize = 80
  static let nameSize = 48

  /// A section's place and, for numbers, its shape.
  struct Section: Sendable {
    var range: Range<Int>
    var shape: [Int]
  }

  let bytes: ModelBytes
  /// SHA-256, in hexadecimal, of all sections that decide the output.
  let hash: String
  private let sections: [String: Section]

  /// Reads the table of a flat file and checks it against its checksum.
  ///
  /// - Errors: `NLP102` if the file is no model file, of another format, cut short or changed.
  init(_ bytes: ModelBytes, name: String) throws(DossierError) {
    func damaged(_ what: String) -> DossierError {
      DossierError(
        .modelDamaged, "model file '\(name)' \(what)", hint: "dossier model install")
    }
    let buffer = bytes.buffer
    func number<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
      T(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
    guard buffer.count >= Self.headerSize, buffer[0..<8].elementsEqual(Self.magic) else {
      throw damaged("is not a model file")
    }
    guard number(8, UInt32.self) == Self.format else {
      throw damaged("has format \(number(8, UInt32.self)), this program reads \(Self.format)")
    }
    guard number(16, UInt64.self) == UInt64(buffer.count) else { throw damaged("is cut short") }
    guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self),
      number(24, UInt64.self) == ck_checksum(start + 32, buffer.count - 32)
    else { throw damaged("is damaged: its checksum differs") }
    let count = Int(number(12, UInt32.self))
    guard count <= (buffer.count - Self.headerSize) / Self.entrySize else { throw damaged("is cut short") }
    var sections: [String: Section] = [:]
    for index in 0..<count {
      let entry = Self.headerSize + index * Self.entrySize
      let name = buffer[entry..<(entry + Self.nameSize)].prefix { $0 != 0 }
      let offset = number(entry + 48, UInt64.self)
      let length = number(entry + 56, UInt64.self)
      guard offset <= UInt64(buffer.count), length <= UInt64(buffer.count) - offset else {
        throw damaged("is damaged: a section lies outside it")
      }
      let shape = (0..<4).map { Int(number(entry + 64 + $0 * 4, UInt32.self)) }.filter { $0 > 0 }
      sections[String(decoding: name, as: UTF8.self)] = Section(
        range: Int(offset)..<Int(offset + length), shape: shape)
    }
    self.bytes = bytes
    self.sections = sections
    hash = Digest.hexadecimal(buffer[32..<64])
  }

  /// A section's place, if the file has it.
  func section(_ name: String) -> Section? { sections[name] }

  /// A section's bytes.
  ///
  /// - Errors: `NLP102` if there is no such section.
  func raw(_ name: String) throws(DossierError) -> UnsafeRawBufferPointer {
    guard let section = sections[name] else {
      throw DossierError(
        .modelDamaged, "the model file has no section '\(name)'", hint: "dossier model install")
    }
    return UnsafeRawBufferPointer(rebasing: bytes.buffer[section.range])
  }

  /// A section's lines, or none if there is no such section.
  func lines(_ name: String) -> [String] {
    guard let section = sections[name], !section.range.isEmpty else { return [] }
    return bytes.buffer[section.range].split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// A section's numbers, which must have exactly the given dimensions (nil: any).
  ///
  /// - Errors: `NLP102` if it is missing or shaped otherwise.
  func floats(_ name: String, _ shape: [Int?]) throws(DossierError) -> Tensor {
    let raw = try raw(name)
    let found = sections[name]?.shape ?? []
    let expected = zip(found, shape).allSatisfy { $1 == nil || $0 == $1 }
    guard found.count == shape.count, expected, let start = raw.baseAddress,
      Int(bitPattern: start) % 4 == 0, Tensor.size(found) == raw.count
    else {
      throw DossierError(
        .modelDamaged, "section '\(name)' of the model file has shape \(found), expected \(shape)",
        hint: "dossier model install")
    }
    return Tensor(owner: bytes, start: start.assumingMemoryBound(to: Float.self), shape: found)
  }
}

/// Numbers in a mapped file, row-major; keeps the file alive.
struct Tensor: @unchecked Sendable {
  // Read-only, and kept alive by `owner`, hence unchecked.
  private let owner: ModelBytes
  let start: UnsafePointer<Float>
  let shape: [Int]

  init(owner: ModelBytes, start: UnsafePointer<Float>, shape: [Int]) {
    self.owner = owner
    self.start = start
    self.shape = shape
  }

  var count: Int { shape.reduce(1, *) }

  /// Bytes of a tensor of that shape; -1 if that is more than any file has.
  static func size(_ shape: [Int]) -> Int {
    var size = 4
    for length in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      if overflow { return -1 }
      size = product
    }
    return size
  }
}

extension DossierError.Code {
  /// An installed model file can't be used: missing parts, another format, or changed bytes.
  static let modelDamaged: Self = "NLP102"
}

/// Collects sections and writes them as a flat file.
struct FlatFileWriter {
  private var sections: [(name: String, shape: [Int], bytes: [UInt8])] = []

  mutating func add(_ name: String, text: String) { sections.append((name, [], Array(text.utf8))) }
  mutating func add(_ name: String, lines: [String]) { add(name, text: lines.joined(separator: "\n")) }
  mutating func add(_ name: String, bytes: [UInt8], shape: [Int] = []) {
    sections.append((name, shape, bytes))
  }

  mutating func add(_ name: String, ids: [UInt64]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(ids.count * 8)
    for id in ids { withUnsafeBytes(of: id.littleEndian) { bytes.append(contentsOf: $0) } }
    add(name, bytes: bytes)
  }

  /// The file's bytes: the same for the same sections in the same order.
  func finish() -> [UInt8] {
    func padded(_ size: Int) -> Int { (size + 63) / 64 * 64 }
    var digest = Digest()
    var file = [UInt8](repeating: 0, count: padded(FlatFile.headerSize + sections.count * FlatFile.entrySize))
    func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
      withUnsafeBytes(of: value.littleEndian) { bytes in
        file.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
      }
    }
    for (index, section) in sections.enumerated() {
      let entry = FlatFile.headerSize + index * FlatFile.entrySize
      let name = Array(section.name.utf8.prefix(FlatFile.nameSize - 1))
      file.replaceSubrange(entry..<(entry + name.count), with: name)
      put(UInt64(file.count), at: entry + 48)
      put(UInt64(section.bytes.count), at: entry + 56)
      for (axis, length) in section.shape.prefix(4).enumerated() {
        put(UInt32(clamping: length), at: entry + 64 + axis * 4)
      }
      file += section.bytes
      file += [UInt8](repeating: 0, count: padded(file.count) - file.count)
      if section.name != FlatFile.meta, section.name != FlatFile.notices {
        digest.update("\(section.name) \(section.shape) \(section.bytes.count)\n")
        section.bytes.withUnsafeBytes { digest.update($0) }
      }
    }
    file.replaceSubrange(0..<8, with: FlatFile.magic)
    put(FlatFile.format, at: 8)
    put(UInt32(sections.count), at: 12)
    put(UInt64(file.count), at: 16)
    file.replaceSubrange(32..<64, with: digest.finish())
    let checksum = file.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { ck_checksum($0 + 32, buffer.count - 32) } ?? 0
    }
    put(checksum, at: 24)
    return file
  }
}
