import JSON

/// A type of setting that experiment files can hold.
public protocol SettingValue: Sendable {
    /// What a file may say, for people: `a whole number`.
    static var expectation: String { get }
    /// The value that JSON stands for; nil when it is of another kind.
    init?(setting json: JSONValue)
    /// The JSON that stands for this value.
    var setting: JSONValue { get }
}

extension Int: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "a whole number" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .integer(let value) = json else { return nil }
        self = value
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .integer(self) }
}

extension UInt64: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "a whole number, 0 or more" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .integer(let value) = json, value >= 0 else { return nil }
        self = UInt64(value)
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .integer(Int(clamping: self)) }
}

extension Double: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "a number" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        switch json {
        case .integer(let value): self = Double(value)
        case .number(let value): self = value
        default: return nil
        }
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .number(self) }
}

extension Bool: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "true or false" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .bool(let value) = json else { return nil }
        self = value
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .bool(self) }
}

extension String: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "a text in quotes" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .string(let value) = json else { return nil }
        self = value
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .string(self) }
}

extension Array: SettingValue where Element: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "a list, each entry \(Element.expectation)" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .array(let entries) = json else { return nil }
        self = entries.compactMap(Element.init(setting:))
        if count != entries.count { return nil }
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .array(map(\.setting)) }
}

extension Dictionary: SettingValue where Key == String, Value: SettingValue {
    /// See ``SettingValue``.
    public static var expectation: String { "names, each with \(Value.expectation): { \"name\": … }" }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .object(let object) = json else { return nil }
        self = [:]
        for (name, value) in object {
            guard let value = Value(setting: value) else { return nil }
            self[name] = value
        }
    }
    /// See ``SettingValue``. Sorted by name, so that equal settings are equal texts.
    public var setting: JSONValue { .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value.setting) })) }
}

/// A setting that is one of a few words.
public protocol WordSetting: SettingValue, CaseIterable, RawRepresentable where RawValue == String {}

extension WordSetting {
    /// See ``SettingValue``.
    public static var expectation: String { "one of " + allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") }
    /// See ``SettingValue``.
    public init?(setting json: JSONValue) {
        guard case .string(let word) = json else { return nil }
        self.init(rawValue: word)
    }
    /// See ``SettingValue``.
    public var setting: JSONValue { .string(rawValue) }
}
