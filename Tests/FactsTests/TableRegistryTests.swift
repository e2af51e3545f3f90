import Columnar
import Facts
import Testing

@Suite struct TableRegistryTests {
  @Test func everyTableHasItsOwnNameAndDocumentedColumns() {
    #expect(Set(TableRegistry.tables.map(\.name)).count == TableRegistry.tables.count)
    for table in TableRegistry.tables {
      #expect(Set(table.schema.names).count == table.schema.count, "\(table.name)")
      #expect(table.columnSummaries.count == table.schema.count)
      #expect(!table.columnSummaries.contains(""), "\(table.name)")
    }
  }

  @Test func rowsReadTheirOwnCells() throws {
    let row = DateRow(sentenceID: 3, text: "June", from: 5, to: nil)
    let cells = DateRow.columns.map { ($0.field.name, $0.get(row)) }
    let from = try #require(cells.first { $0.0 == "From" })
    let to = try #require(cells.first { $0.0 == "To" })
    #expect(from.1.text == Ticks.datetimeText(5))
    #expect(to.1.isNull)
  }
}
