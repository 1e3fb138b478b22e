import JSON

/// A key with its value, as a file or an override gives it.
struct SettingEntry {
    /// The key's path from the top.
    let path: [String]
    /// The value.
    let value: JSONValue
    /// What else the value may be: the plain text of an override.
    var text: String?
    /// Where it stands.
    let place: ExperimentError.Place

    /// Every key below `json` that is not a section itself.
    static func all(
        in json: JSONValue, at path: [String] = [], place: ([String]) -> ExperimentError.Place
    ) -> [SettingEntry] {
        guard case .object(let object) = json, !Experiment.isSetting(path) else {
            return [SettingEntry(path: path, value: json, place: place(path))]
        }
        return object.flatMap { all(in: $0.value, at: path + [$0.key], place: place) }
    }

    /// What `key=value` gives; a value that is not JSON is text.
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
    /// What this is, for people who expected something else: `the text "many"`.
    var kindForPeople: String {
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
