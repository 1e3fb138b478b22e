import Boxes
import JSON
import Settings

extension InputExtent: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "a whole number, or height and width as in \"480x640\"" }

    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        switch json {
        case .integer(let side): self.init(side: side)
        case .string(let text): self.init(parsing: text)
        default: return nil
        }
    }

    /// See ``SettingValue``.
    public var setting: JSONValue { isSquare ? .integer(rows) : .string(description) }
}
