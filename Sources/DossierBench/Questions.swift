/// The questions that query engines are compared on, in KQL over `m` (mentions) and `e` (entities).
struct Question {
  let name: String
  let title: String
  let kql: String

  /// The thirteen questions over so many mentions. Co-occurrence looks at a part of the documents, as its
  /// output grows with the square of their size.
  static func all(rows: Int) -> [Question] {
    let part = rows <= 1_000_000 ? 10 : 100
    return [
      Question(
        name: "q01", title: "filter entity ==",
        kql: "m | where entity == 'Kira Vaughn' | summarize n = count(), s = round(sum(sentiment), 3)"),
      Question(name: "q02", title: "text has word", kql: "m | where text has 'kira' | count"),
      Question(name: "q03", title: "text contains", kql: "m | where text contains 'loba' | count"),
      Question(
        name: "q04", title: "count by type",
        kql: "m | summarize c = count() by type | sort by c desc, type asc"),
      Question(
        name: "q05", title: "top-20 entities",
        kql: "m | summarize c = count() by entity | top 20 by c desc, entity asc"),
      Question(
        name: "q07", title: "join entities, by country",
        kql: """
          m | join kind=inner e on entity
          | summarize s = round(sum(sentiment * weight), 2), c = count() by country | sort by country asc
          """),
      Question(
        name: "q08", title: "co-occurrence self-join",
        kql: """
          let s = m | where doc_id % \(part) == 0 | project doc_id, entity;
          s | join kind=inner s on doc_id | where strcmp(entity, entity1) < 0
          | summarize c = count() by entity, entity1 | top 20 by c desc, entity asc, entity1 asc
          """),
      Question(
        name: "q09", title: "dcount entity by type",
        kql: "m | summarize c = count_distinct(entity) by type | sort by type asc"),
      Question(
        name: "q10", title: "p50, p95 by type",
        kql: "m | summarize percentiles(sentiment, 50, 95) by type | sort by type asc"),
      Question(
        name: "q11", title: "sort, take 100",
        kql: """
          m | project entity, date, sentiment, doc_id | sort by sentiment desc, date asc, doc_id asc | take 100
          """),
      Question(
        name: "q12", title: "regex filter",
        kql: #"m | where text matches regex @"\bko(ri|te)\w* .*(rosa|kira)$" | count"#),
      Question(
        name: "q13", title: "arg_max(date) by entity",
        kql: "m | summarize arg_max(date, doc_id) by entity | sort by entity asc"),
      Question(
        name: "q14", title: "mean by entity and month",
        kql: """
          m | summarize s = avg(sentiment) by entity, mo = startofmonth(date)
          | summarize n = count(), s = round(sum(s), 1)
          """),
    ]
  }
}
