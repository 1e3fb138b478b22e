import JSON

/// A key of experiment files and the property of ``Experiment`` that it sets.
struct Setting: Sendable {
    /// The key's path from the top of the file.
    let path: [String]
    /// A description of valid values.
    let expectation: String
    /// Reads a value from a file; returns false if it has the wrong type.
    let read: @Sendable (JSONValue, inout Experiment) -> Bool
    /// Returns the value for a complete experiment file.
    let write: @Sendable (Experiment) -> JSONValue
    /// Whether the setting applies to an experiment: `milestones` does not if the learning rate is constant.
    let applies: @Sendable (Experiment) -> Bool

    init<Value: SettingValue>(
        _ path: String, _ property: WritableKeyPath<Experiment, Value> & Sendable,
        when applies: @escaping @Sendable (Experiment) -> Bool = { _ in true }
    ) {
        self.path = path.split(separator: ".").map(String.init)
        self.applies = applies
        expectation = Value.expectation
        read = { json, experiment in
            guard let value = Value(setting: json) else { return false }
            experiment[keyPath: property] = value
            return true
        }
        write = { $0[keyPath: property].setting }
    }

    /// Creates a setting that the program chooses if it is missing or `null`; a complete experiment has the chosen value, or
    /// `null` if that depends on the data set.
    init<Value: SettingValue>(
        _ path: String, _ property: WritableKeyPath<Experiment, Value?> & Sendable,
        otherwise choice: @escaping @Sendable (Experiment) -> Value?,
        when applies: @escaping @Sendable (Experiment) -> Bool = { _ in true }
    ) {
        self.path = path.split(separator: ".").map(String.init)
        self.applies = applies
        expectation = "\(Value.expectation), or null"
        read = { json, experiment in
            if case .null = json {
                experiment[keyPath: property] = nil
                return true
            }
            guard let value = Value(setting: json) else { return false }
            experiment[keyPath: property] = value
            return true
        }
        write = { ($0[keyPath: property] ?? choice($0))?.setting ?? .null }
    }
}
