import JSON

/// One key of experiment files: where it stands, and which property of ``Experiment`` it is.
struct Setting: Sendable {
    /// The key's path from the top of the file.
    let path: [String]
    /// What a file may say there, for people.
    let expectation: String
    /// Takes a value from a file; false when it is of the wrong kind.
    let read: @Sendable (JSONValue, inout Experiment) -> Bool
    /// The value that a complete file has there.
    let write: @Sendable (Experiment) -> JSONValue
    /// Whether the setting means something in this experiment: `milestones` does not when the learning rate is constant.
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

    /// A setting that is chosen by the program where nobody says anything (`null` says that, too); a complete experiment
    /// has what was chosen, or `null` where that depends on the data set.
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
