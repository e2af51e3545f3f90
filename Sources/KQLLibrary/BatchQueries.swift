import Columnar
import Diagnostics
import KQLEngine

/// Answers queries that come as JSON, one a line: the contract behind `query --batch`.
public struct BatchQueries: Sendable {
  private let engine: Engine
  private let settings: ExecutionSettings

  /// Answers over an engine; every query has the same clock and seed.
  public init(engine: Engine, settings: ExecutionSettings) {
    self.engine = engine
    self.settings = settings
  }

  /// The answer to a line `{"id","query"}`: `{"id","columns","rows"}` or
  /// `{"id","error":{"code","message","line","column"}}`, without a line end. Never throws.
  public func answer(_ line: String) -> String {
    let request = DynamicValue(json: line) ?? .null
    var out = "{\"id\":"
    request["id"].writeJSON(into: &out)
    guard case .string(let query) = request["query"] else {
      writeError(DossierError("CMD110", "a line needs {\"id\",\"query\"}"), in: line, into: &out)
      return out + "}"
    }
    do throws(DossierError) {
      let table = try engine.run(query, settings: settings)
      out += ","
      writeTable(table, into: &out)
    } catch {
      writeError(error, in: query, into: &out)
    }
    return out + "}"
  }

  private func writeError(_ error: DossierError, in query: String, into out: inout String) {
    let place = error.span.map { SourceText(query).position(at: $0.lower) } ?? (line: 1, column: 1)
    out += ",\"error\":{\"code\":"
    writeJSONString(error.code.rawValue, into: &out)
    out += ",\"message\":"
    writeJSONString(error.message, into: &out)
    out += ",\"line\":\(place.line),\"column\":\(place.column)}"
  }
}

/// Appends `"columns":[…],"rows":[…]`: cells as JSON, ticks and identifiers as text, null as null, NaN and
/// infinities as strings.
public func writeTable(_ table: Table, into out: inout String) {
  out += "\"columns\":["
  for (index, field) in table.schema.fields.enumerated() {
    if index > 0 { out += "," }
    out += "{\"name\":"
    writeJSONString(field.name, into: &out)
    out += ",\"type\":\"\(field.type.rawValue)\"}"
  }
  out += "],\"rows\":["
  for row in 0..<table.rowCount {
    out += row > 0 ? ",[" : "["
    for column in table.columns.indices {
      if column > 0 { out += "," }
      table.columns[column].value(row).asDynamic.writeJSON(into: &out)
    }
    out += "]"
  }
  out += "]"
}
