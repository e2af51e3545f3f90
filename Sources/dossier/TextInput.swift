import Diagnostics
import Foundation

/// The text of a file, or of standard input for `-`.
/// - Errors: `CMD101` if it can't be read, `CMD102` if it isn't UTF-8.
func readText(_ path: String) throws(DossierError) -> String {
  let data: Data
  do {
    data =
      path == "-"
      ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(filePath: path))
  } catch {
    throw DossierError("CMD101", "'\(path)' can't be read", cause: error)
  }
  guard let text = String(validating: data, as: UTF8.self) else {
    throw DossierError("CMD102", "'\(path)' isn't UTF-8 text")
  }
  return text
}

/// Runs `body` for each line of a file, or of standard input for `-`, as the lines arrive.
/// - Errors: `CMD101` if it can't be read; a line that isn't UTF-8 has U+FFFD for its bad bytes.
func forEachLine(
  of path: String, _ body: (String) throws(DossierError) -> Void
) throws(DossierError) {
  guard let file = path == "-" ? fdopen(STDIN_FILENO, "r") : fopen(path, "r") else {
    throw DossierError("CMD101", "'\(path)' can't be read: \(String(cString: strerror(errno)))")
  }
  defer { fclose(file) }
  var buffer: UnsafeMutablePointer<CChar>?
  var capacity = 0
  defer { free(buffer) }
  while true {
    let length = getline(&buffer, &capacity, file)
    guard length >= 0, let start = buffer else { return }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    let ends = bytes.last == 0x0A ? (length > 1 && bytes[length - 2] == 0x0D ? 2 : 1) : 0
    let line = bytes[..<(length - ends)]
    if !line.isEmpty { try body(String(decoding: line, as: UTF8.self)) }
  }
}
