/// Properties of Unicode scalars, for ASCII without a look-up in Unicode's tables: most of a text is ASCII, and is asked
/// about often.
extension Unicode.Scalar {
  /// Unicode's `White_Space`.
  @inlinable public var isWhitespace: Bool {
    isASCII ? value == 0x20 || value &- 0x09 < 5 : properties.isWhitespace
  }

  /// Unicode's `Alphabetic`.
  @inlinable public var isAlphabetic: Bool {
    isASCII ? (value | 0x20) &- 0x61 < 26 : properties.isAlphabetic
  }

  /// Unicode's `Uppercase`.
  @inlinable public var isUppercase: Bool { isASCII ? value &- 0x41 < 26 : properties.isUppercase }

  /// Unicode's `Lowercase`.
  @inlinable public var isLowercase: Bool { isASCII ? value &- 0x61 < 26 : properties.isLowercase }

  /// Whether it has a `Numeric_Type`: digits, fractions, numbers in circles.
  @inlinable public var isNumeric: Bool { isASCII ? value &- 0x30 < 10 : properties.numericType != nil }

  /// Unicode's `Dash`.
  @inlinable public var isDash: Bool { isASCII ? value == 0x2D : properties.isDash }
}
