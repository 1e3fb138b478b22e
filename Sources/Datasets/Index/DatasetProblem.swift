import Foundation

/// A problem in a data set, with its location.
public struct DatasetProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The consequence of a problem.
    public enum Severity: String, Hashable, Sendable {
        /// The object or the image is left out.
        case error
        /// The object or the image is kept, repaired where possible.
        case warning
    }

    /// The annotation, image or list.
    public var file: URL
    /// The object in that file, from 1.
    public var object: Int?
    /// The line in that file, from 1.
    public var line: Int?
    /// The rule that is broken.
    public var rule: DatasetRule
    /// What is wrong and what was done about it.
    public var message: String
    /// The consequence of the problem.
    public var severity: Severity
    /// Whether the problem concerns the data set as a whole, and so is reported first, separately.
    public var isSystematic = false

    /// Creates a problem from its parts; the severity is the rule's own unless given.
    public init(
        file: URL, object: Int? = nil, line: Int? = nil, rule: DatasetRule, message: String, severity: Severity? = nil
    ) {
        self.file = file
        self.object = object
        self.line = line
        self.rule = rule
        self.message = message
        self.severity = severity ?? rule.severity
    }

    /// Creates a problem of the data set as a whole, or of many of its objects at once.
    public static func systematic(
        _ file: URL, _ rule: DatasetRule, _ message: String, severity: Severity? = nil
    ) -> DatasetProblem {
        var problem = DatasetProblem(file: file, rule: rule, message: message, severity: severity)
        problem.isSystematic = true
        return problem
    }

    /// `FILE:LINE: object N: RULE: MESSAGE`.
    public var description: String {
        let place = file.relativePath + (line.map { ":\($0)" } ?? "")
        return [place, object.map { "object \($0)" } ?? "", rule.rawValue, message].filter { !$0.isEmpty }
            .joined(separator: ": ")
    }
}
