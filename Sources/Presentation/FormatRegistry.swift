import Diagnostics

/// The formats, in the order of `.help`. A new one is a file under `Formats` and a line here.
public enum FormatRegistry {
  /// All formats.
  public static let all: [any TableFormat.Type] = [
    TextTableFormat.self,
    LineFormat.self,
    CSVFormat.self,
    TSVFormat.self,
    JSONFormat.self,
    NDJSONFormat.self,
    MarkdownFormat.self,
    HTMLFormat.self,
  ]

  /// The names that may be asked for, without synonyms.
  public static var names: [String] { all.map { $0.name } }

  /// The format of that name or synonym, in any case. Errors: `CMD911` for an unknown one.
  public static func format(named name: String) throws(DossierError) -> any TableFormat {
    let wanted = name.lowercased()
    for format in all where format.name == wanted || format.synonyms.contains(wanted) {
      return format.init()
    }
    throw DossierError(
      .unknownFormat, "unknown format '\(name)'; known are \(names.joined(separator: ", "))",
      hint: nearestName(to: name, among: names).map { "did you mean \($0)?" })
  }
}

extension DossierError.Code {
  static let unknownFormat: Self = "CMD911"
}
