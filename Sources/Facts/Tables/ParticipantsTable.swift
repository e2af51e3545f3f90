import Columnar

/// Who wrote and got a mail.
public struct ParticipantRow: FactRow {
  /// from, to, cc or bcc.
  public var role: String = ""
  /// Mail address.
  public var address: String = ""
  /// Display name.
  public var name: String = ""
  /// The entity.
  public var entityID: String = ""
  /// Its canonical name.
  public var entity: String = ""

  /// Makes a row; what is not given is empty.
  public init(
    role: String = "", address: String = "", name: String = "", entityID: String = "",
    entity:
      String = ""
  ) {
    self.role = role
    self.address = address
    self.name = name
    self.entityID = entityID
    self.entity = entity
  }

  /// The table's name.
  public static let tableName = "Participants"
  /// What a row is.
  public static let summary = "Who wrote and got a mail."
  /// The columns in order.
  public static let columns: [FactColumn<ParticipantRow>] = [
    .init("Role", \.role, "from, to, cc or bcc."),
    .init("Address", \.address, "Mail address."),
    .init("Name", \.name, "Display name."),
    .init("EntityId", \.entityID, "The entity."),
    .init("Entity", \.entity, "Its canonical name."),
  ]
}
