import JSON

/// One setting: its key in experiment files, the property that it is, and everything else that anybody needs to know about it.
///
/// A table of settings is the only place that states a setting's key, type, range and documentation, and whether it changes results;
/// the default is the property's own. Reading files, overrides, validation, complete experiments, the reference page and what a
/// resumed run must agree with are made from it.
///
///     static let settings: [Setting<TrainingConfiguration>] = [
///         Setting("training.epochs", \.epochs, "How often the training set is seen.", .from(1, to: 1_000_000), changes: .length),
///     ]
public struct Setting<Root: Sendable>: Sendable {
    /// The key's path from the top of the file: `["training", "epochs"]`.
    public let path: [String]
    /// What the setting does, in full sentences.
    public let documentation: String
    /// What a file may say there: `a whole number`.
    public let expectation: String
    /// Which of these values are allowed: `from 1 to 4096`; empty when all are.
    public let range: String
    /// Whether the program chooses the value where nobody says anything.
    public let isOptional: Bool
    /// What the setting changes.
    public let effect: SettingEffect
    /// Keys that it had before, which are still read.
    public let formerPaths: [[String]]

    /// Takes a value from a file; false when it is of the wrong kind.
    public let read: @Sendable (JSONValue, inout Root) -> Bool
    /// The value that a complete file has there.
    public let write: @Sendable (Root) -> JSONValue
    /// Whether the setting means something beside the others: `milestones` does not when the learning rate is constant.
    public let applies: @Sendable (Root) -> Bool
    /// What is wrong with the value, in a sentence; nil when nothing is.
    public let problem: @Sendable (Root) -> String?

    /// The key with dots: `training.epochs`.
    public var key: String { path.joined(separator: ".") }

    /// Whether a path is the setting's own, or one that it had before.
    public func isMeant(by path: [String]) -> Bool { path == self.path || formerPaths.contains(path) }

    /// A setting of a property.
    ///
    /// - Parameters:
    ///   - changes: What the setting changes.
    ///   - formerly: A key that it had before.
    ///   - applies: Whether it means something beside the others.
    public init<Value: SettingValue>(
        _ key: String, _ property: WritableKeyPath<Root, Value> & Sendable, _ documentation: String,
        _ limit: SettingLimit<Value> = .any, changes effect: SettingEffect = .results, formerly: String? = nil,
        when applies: @escaping @Sendable (Root) -> Bool = { _ in true }
    ) {
        self.init(
            key, documentation, expectation: Value.expectation, isOptional: false, range: limit.words, effect, formerly,
            applies,
            read: { json, root in
                guard let value = Value(setting: json) else { return false }
                root[keyPath: property] = value
                return true
            },
            write: { $0[keyPath: property].setting },
            problem: { limit.problem(of: key, $0[keyPath: property]) })
    }

    /// A setting that is chosen by the program where nobody says anything (`null` says that, too); a complete experiment has what was
    /// chosen, or `null` where that depends on the data set.
    public init<Value: SettingValue>(
        _ key: String, _ property: WritableKeyPath<Root, Value?> & Sendable, _ documentation: String,
        _ limit: SettingLimit<Value> = .any, otherwise choice: @escaping @Sendable (Root) -> Value?,
        changes effect: SettingEffect = .results, formerly: String? = nil,
        when applies: @escaping @Sendable (Root) -> Bool = { _ in true }
    ) {
        self.init(
            key, documentation, expectation: "\(Value.expectation), or null", isOptional: true, range: limit.words,
            effect, formerly,
            applies,
            read: { json, root in
                if case .null = json {
                    root[keyPath: property] = nil
                    return true
                }
                guard let value = Value(setting: json) else { return false }
                root[keyPath: property] = value
                return true
            },
            write: { ($0[keyPath: property] ?? choice($0))?.setting ?? .null },
            problem: { root in root[keyPath: property].flatMap { limit.problem(of: key, $0) } })
    }

    private init(
        _ key: String, _ documentation: String, expectation: String, isOptional: Bool, range: String,
        _ effect: SettingEffect,
        _ formerly: String?, _ applies: @escaping @Sendable (Root) -> Bool,
        read: @escaping @Sendable (JSONValue, inout Root) -> Bool, write: @escaping @Sendable (Root) -> JSONValue,
        problem: @escaping @Sendable (Root) -> String?
    ) {
        func parts(_ key: String) -> [String] { key.split(separator: ".").map(String.init) }
        path = parts(key)
        self.documentation = documentation
        self.expectation = expectation
        self.isOptional = isOptional
        self.range = range
        self.effect = effect
        formerPaths = formerly.map { [parts($0)] } ?? []
        self.applies = applies
        self.read = read
        self.write = write
        self.problem = problem
    }

    /// The same setting of a structure that holds this one.
    public func of<Outer: Sendable>(_ part: WritableKeyPath<Outer, Root> & Sendable) -> Setting<Outer> {
        Setting<Outer>(self, part)
    }

    private init<Inner: Sendable>(_ inner: Setting<Inner>, _ part: WritableKeyPath<Root, Inner> & Sendable) {
        path = inner.path
        documentation = inner.documentation
        expectation = inner.expectation
        isOptional = inner.isOptional
        range = inner.range
        effect = inner.effect
        formerPaths = inner.formerPaths
        applies = { inner.applies($0[keyPath: part]) }
        read = { inner.read($0, &$1[keyPath: part]) }
        write = { inner.write($0[keyPath: part]) }
        problem = { inner.problem($0[keyPath: part]) }
    }
}

/// What a setting changes.
public enum SettingEffect: String, Sendable {
    /// The numbers that come out: a run is only resumed with the same value.
    case results
    /// The numbers that come out, through something that is compared itself when a run is resumed: files by their content, kernels by
    /// their identity.
    case content
    /// How long the run is: a run may be resumed with another value.
    case length
    /// How fast it goes, and how much memory it takes.
    case pace
    /// What is written beside the weights.
    case outputs
}

/// Which values of a setting are allowed.
public struct SettingLimit<Value: Sendable>: Sendable {
    /// The rule after "must be": `from 1 to 4096`; empty when every value is allowed.
    public let words: String
    private let accepts: @Sendable (Value) -> Bool

    /// A rule.
    public init(_ words: String, _ accepts: @escaping @Sendable (Value) -> Bool) {
        self.words = words
        self.accepts = accepts
    }

    fileprivate static var notEmptyWords: String { "not empty" }

    /// Every value.
    public static var any: SettingLimit { SettingLimit("") { _ in true } }

    func problem(of key: String, _ value: Value) -> String? where Value: SettingValue {
        if accepts(value) { return nil }
        return words == Self.notEmptyWords
            ? "\(key) is empty" : "\(key) is \(value.setting.words), but must be \(words)"
    }
}

extension JSONValue {
    /// A setting's value for people.
    fileprivate var words: String {
        switch self {
        case .number(let value): value.words
        case .array(let values): "[\(values.map(\.words).joined(separator: ", "))]"
        default: text()
        }
    }
}

extension Double {
    /// Without a fraction that says nothing.
    fileprivate var words: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}

extension SettingLimit where Value: Comparable {
    /// Both ends are allowed. A NaN is in no range.
    public static func from(_ low: Value, to high: Value) -> SettingLimit {
        SettingLimit("from \(number(low)) to \(number(high))") { $0 >= low && $0 <= high }
    }

    private static func number(_ value: Value) -> String { (value as? Double)?.words ?? "\(value)" }
}

extension SettingLimit where Value == Double {
    /// Any finite number above zero.
    public static var aboveZero: SettingLimit { SettingLimit("above 0") { $0 > 0 && $0.isFinite } }
    /// Any finite number that is not negative.
    public static var zeroOrMore: SettingLimit { SettingLimit("0 or more") { $0 >= 0 && $0.isFinite } }
}

extension SettingLimit where Value == Int {
    /// Any whole number that is not negative.
    public static var zeroOrMore: SettingLimit { SettingLimit("0 or more") { $0 >= 0 } }
}

extension SettingLimit where Value: Collection {
    /// At least one element.
    public static var notEmpty: SettingLimit { SettingLimit(notEmptyWords) { !$0.isEmpty } }
}

extension SettingLimit {
    /// Names each of whose values is allowed.
    public static func eachValue<Element>(_ limit: SettingLimit<Element>) -> SettingLimit<[String: Element]>
    where Value == [String: Element] {
        SettingLimit<[String: Element]>("each \(limit.words)") { $0.values.allSatisfy(limit.accepts) }
    }

    /// A list each of whose elements is allowed.
    public static func each<Element>(_ limit: SettingLimit<Element>) -> SettingLimit<[Element]>
    where Value == [Element] {
        SettingLimit<[Element]>("each \(limit.words)") { $0.allSatisfy(limit.accepts) }
    }
}
