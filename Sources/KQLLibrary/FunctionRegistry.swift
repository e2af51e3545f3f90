/// The functions and aggregates of the query language, and their registry.
enum KQLLibraryInfo {}
