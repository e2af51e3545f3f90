import Columnar
import Diagnostics
import KQLEngine

/// The columns that queries may name besides a table's own: `Title`, `Published` and `Source` where it has
/// `DocId`; `Sentence` where it has `SentenceId`; `Cite` where it has `Start`.
func virtualColumns(for schema: Schema, directory: DocumentDirectory) -> [VirtualColumn] {
  func has(_ name: String, _ type: ScalarType) -> Bool {
    schema.index(of: name).map { schema[$0].type == type } ?? false
  }
  guard has("DocId", .string) else { return [] }
  var columns: [VirtualColumn] = []
  for field in [Field("Title", .string), Field("Published", .datetime), Field("Source", .string)] {
    columns.append(
      VirtualColumn(field, from: ["DocId"]) { inputs, _ throws(DossierError) in
        try directory.documentColumn(field.name, rows: directory.documentRows(of: inputs[0]))
      })
  }
  if has("SentenceId", .long) {
    columns.append(
      VirtualColumn(Field("Sentence", .string), from: ["DocId", "SentenceId"]) {
        inputs, _ throws(DossierError) in
        try directory.sentenceColumn(
          "Text", rows: directory.sentenceRows(of: inputs[0], numbers: inputs[1]))
      })
  }
  if has("Start", .long), has("End", .long) {
    columns.append(
      VirtualColumn(Field("Cite", .string), from: ["DocId", "Start", "End"]) {
        inputs, count throws(DossierError) in
        let texts = (0..<count).map { row in
          "\(inputs[0].value(row).text)#\(inputs[1].value(row).text)-\(inputs[2].value(row).text)"
        }
        return ColumnVector(strings: StringVector(texts))
      })
  }
  return columns
}
