import DetectionHeads
import Graphs

/// What the learning rate of parts of a network is multiplied by (`training.learningRates`), resolved to its parameters.
///
/// A part is `backbone`, `heads`, the name of a head, `neck` (all that is neither backbone nor heads), or whatever `training.freeze` takes:
/// a node with everything below it, or a pattern. Of several parts that name a layer the longest counts: `heads.size` before `heads`.
struct LearningRateFactors {
    /// The factors by the parameters' full names; all others have 1.
    private(set) var parameters: [String: Double] = [:]
    /// Nodes with the factor 0, which are frozen.
    private(set) var frozenNodes: Set<String> = []

    /// Finds the parts in a network.
    ///
    /// - Throws: ``TrainingError/configuration(_:)`` with a sentence for each part that does not exist.
    init(_ factors: [String: Double], in graph: Graph) throws(TrainingError) {
        var nodeFactors: [String: Double] = [:]
        var problems: [String] = []
        for (part, factor) in factors.sorted(by: Self.isLessSpecific) {
            let nodes = graph.nodes(ofPart: part)
            if nodes.isEmpty {
                let names = graph.learningParts.joined(separator: ", ")
                problems.append(
                    "training.learningRates names '\(part)', but the network has no such part: its parts are \(names), and layers "
                        + "by name as in training.freeze")
            }
            for node in nodes { nodeFactors[node] = factor }
        }
        if !problems.isEmpty { throw .configuration(problems) }
        for node in graph.nodes {
            guard let factor = nodeFactors[node.name] else { continue }
            if factor == 0 { frozenNodes.insert(node.name) }
            for declaration in node.operator?.parameters ?? [] { parameters[node.parameterName(declaration)] = factor }
        }
    }

    /// Whole parts of the network first, so that what is said about parts of them comes later and counts.
    private static func isLessSpecific(_ left: (key: String, value: Double), _ right: (key: String, value: Double))
        -> Bool
    {
        let names = [left.key, right.key].map { part in
            DetectionHead.all.contains { $0.name == part } ? "heads.\(part)" : part
        }
        let depths = names.map { name in name.count { $0 == "." } }
        return (depths[0], names[0].count, names[0]) < (depths[1], names[1].count, names[1])
    }
}

extension Graph {
    /// The names of nodes with parameters in a part of a detector; none where there is no such part.
    fileprivate func nodes(ofPart part: String) -> Set<String> {
        if part == "neck" {
            let names = nodes.filter { $0.operator?.parameters.isEmpty == false }.map(\.name)
            return Set(names.filter { !$0.hasPrefix("backbone.") && !$0.hasPrefix("heads.") })
        }
        let isHead = DetectionHead.all.contains { $0.name == part }
        return (try? nodesToFreeze([isHead ? "heads.\(part)" : part])) ?? []
    }

    /// The parts that this detector has.
    fileprivate var learningParts: [String] {
        (["backbone", "neck", "heads"] + DetectionHead.all.map(\.name)).filter { !nodes(ofPart: $0).isEmpty }
    }
}
