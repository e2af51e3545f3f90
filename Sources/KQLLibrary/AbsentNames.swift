/// What KQL documents and Dossier does not have, and what to use instead: all of it, here. A name that moves into
/// a registry leaves this list; a test sees to that.
public enum AbsentNames {
  /// Tabular operators, by keyword.
  public static let operators: [String: String] = [
    "cache": "use materialize()",
    "consume": "end the query without it",
    "execute-and-cache": "use materialize()",
    "execute_and_cache": "use materialize()",
    "externaldata": "load the file into the store, or .load table FILE as Name",
    "facet": "run a summarize for each column",
    "fork": "write the queries one after the other",
    "graph-merge": "union the edges before make-graph",
    "macro-expand": "name the tables with union",
    "reduce": "group by a key with summarize, such as replace_regex(text, @'\\d+', '*')",
  ]

  /// Statements, by their first words.
  public static let statements: [String: String] = [
    "alias": "use let",
    "declare pattern": "use let with a function",
    "restrict": "leave the statement out",
    "set":
      "query_bin_auto_size and query_bin_auto_at can be set; leave others out: limits are options of the command",
  ]

  /// Words of SQL and of Splunk's language that people type after `|`, and KQL's for the same.
  public static let otherLanguages: [String: String] = [
    "dedup": "distinct column, …",
    "eval": "extend name = value",
    "fields": "project column, …",
    "from": "begin with the table: T | …",
    "group": "summarize aggregate(…) by key",
    "having": "where, behind the summarize",
    "head": "take n",
    "offset": "serialize | where row_number() > n",
    "rename": "project-rename new = old",
    "select": "project column, … behind the table: T | project …",
    "stats": "summarize aggregate(…) by key",
    "tail": "sort by key desc | take n",
    "unnest": "mv-expand column",
  ]

  /// Plugins of `evaluate`.
  public static let plugins: [String: String] = [
    "active_users_count": "summarize dcount(Id) by bin(Time, period)",
    "activity_counts_metrics": "summarize count(), dcount(Id) by bin(Time, period)",
    "activity_engagement": "summarize dcount(Id) by bin(Time, period), then join the periods",
    "activity_metrics": "summarize dcount(Id) by bin(Time, period), then join the periods",
    "ai_chat_completion": "queries reach no service",
    "ai_chat_completion_prompt": "queries reach no service",
    "ai_embed_text": "queries reach no service",
    "ai_embeddings": "queries reach no service",
    "autocluster": "summarize count() by the columns of interest, then top",
    "azure_digital_twins_query_request": "queries reach no service",
    "basket": "summarize count() by the columns of interest, then top",
    "cosmosdb_sql_request": "queries reach no service",
    "dcount_intersect": "array_length(set_intersect(…)) of make_set(…) counts exactly",
    "diffpatterns": "keyness() compares two sets of texts; or summarize both sides and join",
    "diffpatterns_text": "keyness() compares two sets of texts",
    "funnel_sequence": "scan finds sequences of steps",
    "funnel_sequence_completion": "scan finds sequences of steps",
    "geo_line_lookup": "Dossier has no geography",
    "geo_polygon_lookup": "Dossier has no geography",
    "http_request": "queries reach no service",
    "http_request_post": "queries reach no service",
    "infer_storage_schema": "getschema shows the columns of a table",
    "infer_storage_schema_with_suggestions": "getschema shows the columns of a table",
    "ipv4_lookup": "join on ipv4_netmask_suffix(…), or where ipv4_is_in_any_range(…)",
    "ipv6_lookup": "where ipv6_is_in_any_range(…)",
    "mysql_request": "queries reach no service",
    "new_activity_metrics": "summarize min(Time) by Id, then count the new ones a period",
    "postgresql_request": "queries reach no service",
    "preview": "take n, and count in a query of its own",
    "python": "write the result with --format json, or write a function with let",
    "r": "write the result with --format json, or write a function with let",
    "rolling_percentile": "summarize percentile(…) by bin(Time, period)",
    "schema_merge": "union T1, T2 | getschema",
    "sequence_detect": "scan finds sequences of steps",
    "session_count": "row_window_session(…), then summarize",
    "sliding_window_counts": "summarize dcount(Id) by bin(Time, period)",
    "sql_request": "queries reach no service",
  ]

  /// Functions and aggregates; a name that ends in `*` stands for all that begin so.
  public static let functions: [String: String] = [
    "cluster": "queries run over the open store; name its tables directly",
    "current_cluster_endpoint": "queries run over the open store",
    "current_cursor": "where Batch > n finds what came with later loads",
    "current_database": "queries run over the open store",
    "current_principal": "a store knows no users",
    "current_principal_details": "a store knows no users",
    "current_principal_is_member_of": "a store knows no users",
    "cursor_after": "newsince(batch) finds what came with later loads",
    "cursor_before_or_at": "where Batch <= n finds what came with earlier loads",
    "cursor_current": "where Batch > n finds what came with later loads",
    "database": "queries run over the open store; name its tables directly",
    "dcount_hll": "dcount(…) counts exactly",
    "estimate_data_size": "string_size(tostring(…))",
    "extent_id": "DocId tells where a row comes from",
    "extent_tags": "DocId tells where a row comes from",
    "external_table": ".load table FILE as Name",
    "externaldata": ".load table FILE as Name",
    "geo_*": "Dossier has no geography; distances can be computed with sin(), cos() and acos()",
    "graph": "make-graph makes a graph of tables",
    "gzip_compress_to_base64_string": "base64_encode_tostring(text) encodes without compressing",
    "has_any_ipv6": "has_any(…) on the address as text",
    "hash_combine": "hash(strcat_delim('|', a, b)): how Kusto combines hashes isn't documented",
    "hash_many": "hash(strcat_delim('|', a, b)): how Kusto combines hashes isn't documented",
    "hll": "dcount(…) counts exactly",
    "hll_if": "dcountif(…) counts exactly",
    "hll_merge": "dcount(…) counts exactly",
    "ingestion_time": "Documents has Batch, the number of the load",
    "materialized_view": "queries run over the open store; name its tables directly",
    "merge_tdigest": "percentile(…) is exact",
    "merge_tdigests": "percentile(…) is exact",
    "parse_user_agent": "extract(regex, group, text)",
    "percentile_array_tdigest": "percentiles_array(…) is exact",
    "percentile_tdigest": "percentile(…) is exact",
    "percentrank_tdigest": "countif(x <= v) * 100.0 / count() is exact",
    "rank_tdigest": "countif(x <= v) is exact",
    "series_periods_detect":
      "series_decompose(series) finds a period: how Kusto scores periods isn't documented",
    "series_periods_validate": "series_seasonal(series, period): how Kusto scores periods isn't documented",
    "stored_query_result": "name a result in the prompt or notebook, then query that name",
    "tdigest": "percentile(…) is exact",
    "tdigest_merge": "percentile(…) is exact",
    "workspace": "queries run over the open store; name its tables directly",
    "app": "queries run over the open store; name its tables directly",
    "zlib_compress_to_base64_string": "base64_encode_tostring(text) encodes without compressing",
  ]

  /// What to use instead of an absent name of any kind.
  public static func instead(of name: String) -> String? {
    operators[name] ?? statements[name] ?? plugins[name] ?? FunctionRegistry.builtIn.instead(of: name)
  }
}
