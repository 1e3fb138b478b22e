import Inspection
import Tensors

/// The explanations of a request, by method.
extension ImageInspector {
    typealias Explanations = [(method: Method, explanations: [Explanation])]

    /// Explains targets by methods, at the requested layers or at default ones.
    ///
    /// A target whose maps are all zero because its value is the result of a saturated function is explained before that function.
    ///
    /// - Returns: For each method an explanation of each target, and the targets that were explained.
    func explanations(
        of targets: [Target], by methods: [Method], _ input: Tensor
    ) throws -> (explanations: Explanations, targets: [Target]) {
        if targets.isEmpty { return ([], []) }
        var found = try plainExplanations(of: targets, by: methods, input)
        var targets = targets
        for index in targets.indices {
            let all = found.filter { !$0.method.ignoresTarget }.map { $0.explanations[index] }
            guard !all.isEmpty, all.allSatisfy({ $0.layers.allSatisfy { $0.flatness == .zero } }),
                let moved = try explainer.inspector.beforeSaturation(targets[index], input: input)
            else { continue }
            targets[index] = moved
            let again = try plainExplanations(of: [moved], by: methods, input)
            found = zip(found, again).map { old, new in
                var explanations = old.explanations
                explanations[index] = new.explanations[0]
                return (old.method, explanations)
            }
        }
        return (found, targets)
    }

    private func plainExplanations(
        of targets: [Target], by methods: [Method], _ input: Tensor
    ) throws -> Explanations {
        // CAM uses a layer of its own, unless layers are named.
        let ownLayer =
            try request.layers.isEmpty && methods.contains(.cam)
            ? targets[0].terms.first.flatMap { try explainer.inspector.layerBeforeLinearHead(of: $0.output) } : nil
        let others = methods.filter { ownLayer == nil || $0 != .cam }
        let layers = try requestedLayers()
        let found =
            layers.isEmpty
            ? try explanationsAtDefaultLayers(of: targets, by: others, input)
            : try explainer.explain(input, by: others, layers: suitable(layers, targets), targets: targets)
        let cam = try ownLayer.map { try explainer.explain(input, by: .cam, layers: [$0], targets: targets) }
        let byMethod = Dictionary(zip(others, found) + (cam.map { [(.cam, $0)] } ?? [])) { first, _ in first }
        return methods.compactMap { method in byMethod[method].map { (method, $0) } }
    }

    /// The named layers, or those of the stages; empty for default layers.
    private func requestedLayers() throws -> [String] {
        let named = try namedLayers()
        return named.isEmpty && request.looksAtStages ? try stages() : named
    }

    /// Explains each target at the first of its default layers whose map is not flat; where all are flat, at the first.
    ///
    /// - Throws: ``InspectionError/noLayer(target:)`` for a target without such layers.
    private func explanationsAtDefaultLayers(
        of targets: [Target], by methods: [Method], _ input: Tensor
    ) throws -> [[Explanation]] {
        var found = [[Explanation?]](repeating: Array(repeating: nil, count: targets.count), count: methods.count)
        let ofInput = methods.indices.filter { methods[$0].subject == .input }
        if !ofInput.isEmpty {
            let maps = try explainer.explain(input, by: ofInput.map { methods[$0] }, layers: [], targets: targets)
            for (method, explanations) in zip(ofInput, maps) { found[method] = explanations }
        }
        let ofLayers = methods.indices.filter { methods[$0].subject == .layers }
        let candidates =
            try ofLayers.isEmpty
            ? [] : targets.map { try explainer.inspector.defaultLayers(for: $0, input: input.shape) }
        if let index = candidates.firstIndex(where: \.isEmpty) {
            throw InspectionError.noLayer(target: targets[index].name)
        }
        for round in 0..<(candidates.map(\.count).max() ?? 0) {
            // Targets with the same layer share a backward pass, and methods do, too.
            var waiting: [[Int]: [String: [Int]]] = [:]
            for target in targets.indices where round < candidates[target].count {
                let flat = ofLayers.filter { found[$0][target]?.isFlat ?? true }
                if !flat.isEmpty { waiting[flat, default: [:]][candidates[target][round], default: []].append(target) }
            }
            for (group, byLayer) in waiting.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                for (layer, members) in byLayer.sorted(by: { $0.key < $1.key }) {
                    let explanations = try explainer.explain(
                        input, by: group.map { methods[$0] }, layers: [layer], targets: members.map { targets[$0] })
                    for (method, explanations) in zip(group, explanations) {
                        for (target, explanation) in zip(members, explanations)
                        where found[method][target] == nil || !explanation.isFlat {
                            found[method][target] = explanation
                        }
                    }
                }
            }
        }
        return found.map { $0.compactMap { $0 } }
    }

    /// Removes layers matched by a pattern on which some target does not depend, unless none would remain.
    private func suitable(_ layers: [String], _ targets: [Target]) throws -> [String] {
        guard request.layers.contains(where: { $0.contains("*") }) else { return layers }
        let suitable = try layers.filter { layer in
            try targets.allSatisfy { try explainer.inspector.reaches($0, from: layer) }
        }
        return suitable.isEmpty ? layers : suitable
    }
}

extension Explanation {
    /// Whether none of the maps shows anything.
    fileprivate var isFlat: Bool { layers.allSatisfy { $0.flatness != nil } }
}
