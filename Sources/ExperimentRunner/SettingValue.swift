import Datasets
import Graphs
import HeatmapTargets
import JSON
import OneDNNBackend
import Training

/// A type of value in experiment files.
protocol SettingValue: Sendable {
    /// A description of valid values: `a whole number`.
    static var expectation: String { get }
    /// Creates the value from JSON; nil if the JSON has another type.
    init?(setting json: JSONValue)
    /// The value as JSON.
    var setting: JSONValue { get }
}

extension Int: SettingValue {
    static var expectation: String { "a whole number" }
    init?(setting json: JSONValue) {
        guard case .integer(let value) = json else { return nil }
        self = value
    }
    var setting: JSONValue { .integer(self) }
}

extension UInt64: SettingValue {
    static var expectation: String { "a whole number, 0 or more" }
    init?(setting json: JSONValue) {
        guard case .integer(let value) = json, value >= 0 else { return nil }
        self = UInt64(value)
    }
    var setting: JSONValue { .integer(Int(clamping: self)) }
}

extension Double: SettingValue {
    static var expectation: String { "a number" }
    init?(setting json: JSONValue) {
        switch json {
        case .integer(let value): self = Double(value)
        case .number(let value): self = value
        default: return nil
        }
    }
    var setting: JSONValue { .number(self) }
}

extension Bool: SettingValue {
    static var expectation: String { "true or false" }
    init?(setting json: JSONValue) {
        guard case .bool(let value) = json else { return nil }
        self = value
    }
    var setting: JSONValue { .bool(self) }
}

extension String: SettingValue {
    static var expectation: String { "a text in quotes" }
    init?(setting json: JSONValue) {
        guard case .string(let value) = json else { return nil }
        self = value
    }
    var setting: JSONValue { .string(self) }
}

extension Array: SettingValue where Element: SettingValue {
    static var expectation: String { "a list, each entry \(Element.expectation)" }
    init?(setting json: JSONValue) {
        guard case .array(let entries) = json else { return nil }
        self = entries.compactMap(Element.init(setting:))
        if count != entries.count { return nil }
    }
    var setting: JSONValue { .array(map(\.setting)) }
}

/// An enumerated setting.
protocol WordSetting: SettingValue, CaseIterable, RawRepresentable where RawValue == String {}

extension WordSetting {
    static var expectation: String { "one of " + allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") }
    init?(setting json: JSONValue) {
        guard case .string(let word) = json else { return nil }
        self.init(rawValue: word)
    }
    var setting: JSONValue { .string(rawValue) }
}

extension DatasetFormat: WordSetting {}
extension DifficultObjects: WordSetting {}
extension GaussianRadius: WordSetting {}
extension BackendChoice.Name: WordSetting {}
extension ConvolutionAlgorithm: WordSetting {}
extension PrecisionChoice: WordSetting {}
extension OptimizerConfiguration.Kind: WordSetting {}
