import JSON

/// A key with its value from a file or an override.
struct SettingEntry {
    /// The key's path from the top.
    let path: [String]
    /// The value.
    let value: JSONValue
    /// The plain text of an override, as an alternative to the value.
    var text: String?
    /// The location of the entry.
    let place: ExperimentError.Place

    /// Returns an entry for every key below `json` that is not a section.
    static func all(
        in json: JSONValue, at path: [String] = [], place: ([String]) -> ExperimentError.Place
    ) -> [SettingEntry] {
        guard case .object(let object) = json, !Experiment.isSetting(path) else {
            return [SettingEntry(path: path, value: json, place: place(path))]
        }
        return object.flatMap { all(in: $0.value, at: path + [$0.key], place: place) }
    }

    /// Returns the entries of `key=value`; a value that is not JSON is text.
    static func all(override: String) throws(ExperimentError) -> [SettingEntry] {
        guard let split = override.firstIndex(of: "="), split != override.startIndex else {
            throw .badOverride(override)
        }
        let path = override[..<split].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let text = String(override[override.index(after: split)...])
        func place(_ path: [String]) -> ExperimentError.Place {
            ExperimentError.Place(key: path.joined(separator: "."), file: "", line: nil)
        }
        guard let json = try? JSONValue(parsing: text) else {
            return [SettingEntry(path: path, value: .string(text), place: place(path))]
        }
        return all(in: json, at: path, place: place).map { entry in
            var entry = entry
            if entry.path == path { entry.text = text }
            return entry
        }
    }
}

extension JSONValue {
    /// A description of the value for error messages: `the text "many"`.
    var describedKind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "the text \"\(value)\""
        case .array: "a list"
        case .object: "a section"
        }
    }
}
