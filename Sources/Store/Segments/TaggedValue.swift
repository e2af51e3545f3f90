import Collections
import Columnar
import Foundation

/// A dynamic value as bytes that keep its types, which JSON would not.
enum TaggedValue {
  /// Deeper values are refused when read; the importers' JSON reader refuses them as well.
  private static let deepest = 600

  static func write(_ value: DynamicValue, into writer: inout ByteWriter) {
    switch value {
    case .null: writer.byte(0)
    case .bool(let value): writer.byte(value ? 2 : 1)
    case .long(let value):
      writer.byte(3)
      writer.signed(value)
    case .real(let value):
      writer.byte(4)
      writer.word(value.bitPattern)
    case .decimal(let value):
      writer.byte(5)
      writer.text("\(value)")
    case .string(let value):
      writer.byte(6)
      writer.text(value)
    case .datetime(let ticks):
      writer.byte(7)
      writer.signed(ticks)
    case .timespan(let ticks):
      writer.byte(8)
      writer.signed(ticks)
    case .guid(let value):
      writer.byte(9)
      writer.word(value.high)
      writer.word(value.low)
    case .array(let items):
      writer.byte(10)
      writer.count(items.count)
      for item in items { write(item, into: &writer) }
    case .bag(let members):
      writer.byte(11)
      writer.count(members.count)
      for (key, member) in members {
        writer.text(key)
        write(member, into: &writer)
      }
    }
  }

  static func read(from reader: inout ByteReader, depth: Int = 0) throws(MalformedBytes) -> DynamicValue {
    guard depth < deepest else { throw MalformedBytes() }
    switch try reader.byte() {
    case 0: return .null
    case 1: return .bool(false)
    case 2: return .bool(true)
    case 3: return .long(try reader.signed())
    case 4: return .real(Double(bitPattern: try reader.word()))
    case 5:
      guard let value = Decimal(string: try reader.text()) else { throw MalformedBytes() }
      return .decimal(value)
    case 6: return .string(try reader.text())
    case 7: return .datetime(try reader.signed())
    case 8: return .timespan(try reader.signed())
    case 9: return .guid(GUID(high: try reader.word(), low: try reader.word()))
    case 10:
      var items: [DynamicValue] = []
      for _ in 0..<(try reader.count(atLeastBits: 8)) {
        items.append(try read(from: &reader, depth: depth + 1))
      }
      return .array(items)
    case 11:
      var members: OrderedDictionary<String, DynamicValue> = [:]
      for _ in 0..<(try reader.count(atLeastBits: 16)) {
        let key = try reader.text()
        members[key] = try read(from: &reader, depth: depth + 1)
      }
      return .bag(members)
    default: throw MalformedBytes()
    }
  }
}
