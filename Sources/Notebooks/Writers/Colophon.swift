import Columnar
import Diagnostics

/// The end of a report: what it was made of, and how to make it again.
struct Colophon {
  private let run: NotebookRun

  init(_ run: NotebookRun) { self.run = run }

  /// Names and values, in order: nothing that differs between machines.
  var entries: [(name: String, value: String)] {
    let settings = run.notebook.settings
    var entries: [(String, String)] = [
      ("Notebook", run.notebook.name), ("Notebook SHA-256", SHA256.hex(of: run.notebook.bytes)),
    ]
    if let asOf = settings.asOf { entries.append(("As of", DisplayText.of(.datetime(asOf)))) }
    if let snapshot = settings.snapshot { entries.append(("Snapshot", "load \(snapshot)")) }
    if let seed = settings.seed { entries.append(("Seed", String(seed))) }
    entries += run.evaluator?.provenance ?? []
    for (name, literal) in run.parameters { entries.append(("Parameter \(name)", literal)) }
    return entries
  }

  /// The commands that make the report again.
  var replay: String {
    let name = Self.quoted(run.notebook.name)
    let page = name.hasSuffix(".md") ? name.dropLast(3) + ".html" : name + ".html"
    let given = run.given.map { " -p \(Self.quoted("\($0.name)=\($0.value)"))" }.joined()
    return "dossier check \(name) && dossier run \(name)\(given) -o \(page)"
  }

  func html() -> String {
    var out = "<footer class=\"colophon\">\n<h2>Colophon</h2>\n<dl>\n"
    for (name, value) in entries {
      out += "<div><dt>\(DisplayText.html(name))</dt><dd>\(DisplayText.html(value))</dd></div>\n"
    }
    out += "<div><dt>Replay</dt><dd><code>\(DisplayText.html(replay))</code></dd></div>\n</dl>\n"
    return out + "<p>Made with Dossier. Every row leads back to the sentences it came from.</p>\n</footer>\n"
  }

  /// A word for a shell.
  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x3D, 0x5F: true
      default: false
      }
    }
    return plain
      ? text
      : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
