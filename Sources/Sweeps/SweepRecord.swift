import Foundation
import JSON
import Tensors

/// How far a trial is.
public enum TrialRecord: Hashable, Sendable {
    /// It was not yet begun, or stopped and goes on from its checkpoint.
    case unfinished
    /// It is finished.
    case finished(TrialResult)
    /// It failed, with the reason. Its turn comes again when the sweep is called again, since memory may be free then.
    case failed(String)

    /// Its result, if it is finished.
    public var result: TrialResult? { if case .finished(let result) = self { result } else { nil } }

    /// Why it failed, if it did.
    public var failure: String? { if case .failed(let reason) = self { reason } else { nil } }
}

/// The content of `sweep.json`: what the sweep is, and how far its trials are.
package struct SweepRecord {
    /// What decides the results, see ``SweepDefinition/values``.
    package var definition: [String: String]
    /// The trials that were begun, by name.
    package var trials: [String: TrialRecord] = [:]

    private static let version = 1

    /// The file, with the trials in the order that they are trained in.
    package func json(of trials: [Trial]) -> JSONValue {
        let entries = trials.map { trial in
            var members: [(String, JSONValue)] = [
                ("name", .string(trial.name)), ("candidate", .integer(trial.candidate)),
            ]
            members.append(("seed", .string("\(trial.seed)")))
            if let fold = trial.fold { members.append(("fold", .integer(fold))) }
            members.append(("share", .integer(trial.share)))
            switch self.trials[trial.name] ?? .unfinished {
            case .unfinished: members.append(("status", "unfinished"))
            case .finished(let result): members += [("status", "finished")] + result.members
            case .failed(let reason): members += [("status", "failed"), ("reason", .string(reason))]
            }
            return JSONValue.object(JSONObject(members))
        }
        return .object(
            JSONObject([
                ("version", .integer(Self.version)),
                (
                    "definition",
                    .object(JSONObject(definition.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
                ),
                ("trials", .array(entries)),
            ]))
    }

    /// A sweep of which nothing was done.
    package init(_ definition: SweepDefinition) { self.definition = definition.values }

    /// Reads the record of a sweep; nil if there is none.
    ///
    /// - Throws: ``SweepError/badRecord(file:reason:)``.
    package init?(contentsOf file: URL) throws(SweepError) {
        guard FileKind.mayExist(file) else { return nil }
        do {
            let json = try JSONValue(contentsOf: file)
            guard try json["version"].integer() == Self.version else {
                throw SweepError.badRecord(file: file.relativePath, reason: "another version of this program wrote it")
            }
            definition = try Dictionary(
                json["definition"].object().map { ($0.key, try $0.value.string()) }, uniquingKeysWith: { $1 })
            for entry in try json["trials"].array() {
                let name = try entry["name"].string()
                // The run of this name is removed by --replace.
                guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
                    throw SweepError.badRecord(file: file.relativePath, reason: "'\(name)' cannot be a trial's name")
                }
                switch try entry["status"].string() {
                case "finished": trials[name] = .finished(try TrialResult(entry))
                case "failed": trials[name] = .failed(try entry["reason"].string())
                default: trials[name] = .unfinished
                }
            }
        } catch let error as SweepError {
            throw error
        } catch {
            throw .badRecord(file: file.relativePath, reason: "\(error)")
        }
    }
}
