import GRDB

/// One step of the file format. A step that was released never changes.
protocol StoreMigration: Sendable {
  /// The format's number after the step.
  static var version: Int { get }
  /// Changes the tables; runs inside one transaction with all other steps that are due.
  static func apply(_ db: Database) throws
}

/// All steps, in order. Append only.
enum MigrationList {
  static let steps: [any StoreMigration.Type] = [
    M0001Start.self,
    M0002OwnTables.self,
    M0003Watches.self,
    M0004Duplicates.self,
  ]
  /// The format that this program writes.
  static var latest: Int { steps.last.map { $0.version } ?? 0 }
}
