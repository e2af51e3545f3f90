import Columnar
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Notebooks

/// Notebooks of Jupyter's form, read and written.
@Suite struct JupyterTests {
  private func markdown(_ cells: String, metadata: String = "{}") throws -> String {
    let text = "{\"cells\": [\(cells)], \"metadata\": \(metadata), \"nbformat\": 4, \"nbformat_minor\": 5}"
    return try JupyterSource.markdown(Array(text.utf8), name: "x.ipynb")
  }

  @Test func markdownAndQueriesAreRead() throws {
    let text = try markdown(
      """
      {"cell_type": "raw", "metadata": {}, "source": "---\\nas-of: 2024-10-08\\n---\\n"},
      {"cell_type": "markdown", "metadata": {}, "source": ["# Title\\n", "\\n", "Prose."]},
      {"cell_type": "code", "metadata": {"name": "who", "jupyter": {"source_hidden": true}}, "outputs": [{"x": 1}],
       "execution_count": 3, "source": ["Entities\\n", "| take 1\\n"]},
      {"cell_type": "code", "metadata": {"tags": ["raises-exception", "hide-output"]}, "source": "fail", "outputs": []},
      {"cell_type": "code", "metadata": {"dossier": {"attributes": "max-rows=3"}}, "source": "A ```` b", "outputs": []},
      {"cell_type": "code", "metadata": {}, "source": [], "outputs": []}
      """)
    #expect(
      text == """
        ---
        as-of: 2024-10-08
        ---

        # Title

        Prose.

        ```kql name=who hide-query
        Entities
        | take 1
        ```

        ```kql hide-output expect=error
        fail
        ```

        `````kql max-rows=3
        A ```` b
        `````

        """)
    #expect(try Notebook(text, name: "x").cells.count == 3)
  }

  /// What another language's kernel runs is shown as it is, but for cells that say that they are queries.
  @Test func otherLanguagesAreNotRun() throws {
    let text = try markdown(
      """
      {"cell_type": "code", "metadata": {}, "source": "import os", "outputs": []},
      {"cell_type": "code", "metadata": {}, "source": ["%%kql\\n", "print 1"], "outputs": []}
      """, metadata: "{\"kernelspec\": {\"language\": \"python\", \"name\": \"p\", \"display_name\": \"P\"}}")
    #expect(text == "```python\nimport os\n```\n\n```kql\nprint 1\n```\n")
  }

  @Test(arguments: [
    "", "[]", "{\"nbformat\": 3, \"worksheets\": []}", "{\"nbformat\": 4}",
    "{\"nbformat\": 4, \"cells\": {}}",
  ])
  func whatIsNoneIsRefused(text: String) {
    let error = #expect(throws: DossierError.self) {
      _ = try JupyterSource.markdown(Array(text.utf8), name: "x.ipynb")
    }
    #expect(error?.code == "NBK003")
  }

  /// Written and read again, a notebook asks the same.
  @Test func aNotebookComesBack() throws {
    let text = """
      ---
      title: "Both ways"
      ---

      # Both ways

      A list:

      - of one

      ```kql name=a max-rows=5
      One
      ```

      There are <!--= One -->0<!--/=--> of them.

      ```kql expect=error hide-query
      fail
      ```

      """
    let evaluator = FakeEvaluator()
    evaluator.answers["One"] = Table(schema: Schema([Field("n", .long)]), rows: [[.long(1)]])
    let run = try replay(text, parameters: [], evaluator: evaluator)
    #expect(run.failure == nil)
    let written = JupyterNotebook.text(of: run)
    let back = try JupyterSource.markdown(Array(written.utf8), name: "x.ipynb")
    #expect(back == text.replacing("-->0<!--", with: "-->1<!--"))
  }
}
