import Diagnostics
import Sessions

/// What the shell asks of the parts above and beside it, handed in by the command line.
public struct ShellServices {
  /// Reads files into a store: the words after `.load`, the store's path, and where to report a line.
  public typealias Load = (_ words: [String], _ store: String, _ report: (String) -> Void)
    throws(DossierError) -> Void
  /// Writes cells as a notebook: the cells that worked, in order, and the path. Gives a line to report.
  public typealias Save = (_ cells: [Cell], _ path: String, _ session: Session) throws(DossierError) -> String
  /// Runs a notebook in the session and tells what differs: true if nothing does.
  public typealias Replay = (_ path: String, _ session: Session, _ print: (String) -> Void)
    throws(DossierError) -> Bool

  /// `.load`; nil where nothing can be loaded.
  public var load: Load?
  /// `.save`; nil where no notebook can be written.
  public var save: Save?
  /// `.replay`; nil where no notebook can be run.
  public var replay: Replay?

  /// No services.
  public init(load: Load? = nil, save: Save? = nil, replay: Replay? = nil) {
    self.load = load
    self.save = save
    self.replay = replay
  }
}
