import Graphs
import Operators

/// Changes of shape without rearranging elements.
///
/// If possible, a new shape is expressed so that it is valid for other batch sizes: an extent that varies with the batch size as the
/// input's does is "same", another one is "inferred".
extension Importer {
    func reshape(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let known = try node.known(1, "extents") else { throw node.malformed("its new shape is missing") }
        let target = try node.integers(known.literal, "extents")
        let other = try known.otherLiteral.map { literal throws(ImportProblem) in try node.integers(literal, "extents")
        }
        guard target.count <= Self.rankLimit else { throw node.lacking("to \(target.count) axes") }
        let allowsZero = try node.flag("allowzero")
        _ = try node.bounded(target, in: -1...Self.elementLimit, "extents")
        guard target.count(where: { $0 == -1 }) <= 1 else { throw node.malformed("it has two inferred extents") }

        var extents: [ReshapeExtent] = []
        var varies = false
        for (axis, extent) in target.enumerated() {
            let inputExtent = input.shape.indices.contains(axis) ? input.shape[axis] : nil
            let otherInput = input.otherShape.flatMap { $0.indices.contains(axis) ? $0[axis] : nil }
            let otherExtent = other.flatMap { $0.count == target.count ? $0[axis] : nil }
            if extent == 0 && !allowsZero {
                extents.append(.same)
            } else if extent == -1 {
                extents.append(.inferred)
            } else if axis == 0 && extent == inputExtent && (otherExtent == extent || otherExtent == otherInput) {
                // An unchanged leading extent is the batch axis, also in files made for one batch size.
                extents.append(.same)
            } else if otherExtent == extent {
                extents.append(.fixed(extent))
            } else if let otherExtent, extent == inputExtent, otherExtent == otherInput {
                extents.append(.same)
            } else if otherExtent != nil, !varies, !target.contains(-1) {
                varies = true
                extents.append(.inferred)
            } else {
                extents.append(.fixed(extent))
            }
        }
        return [.value(try reshaped(node, input, extents, kind: "Reshape"))]
    }

    /// Adds a reshape, or nothing if the shape does not change.
    private func reshaped(
        _ node: ImportedNode, _ input: Flow, _ extents: [ReshapeExtent], kind: String
    ) throws(ImportProblem) -> Flow {
        let kernel = Reshape(extents, kind: kind)
        if (try? kernel.outputShape([input.shape])) == input.shape,
            input.otherShape.map({ (try? kernel.outputShape([$0])) == $0 }) ?? true
        {
            return input
        }
        return try add(node, kernel, [input], kind: input.kind)
    }

    func flatten(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let given = try node.integer("axis", default: 1)
        let axis = given == input.rank ? given : try node.axis(given, rank: input.rank)
        let rest = input.shape[axis...].reduce(1, *)
        let extents: [ReshapeExtent] =
            axis == 0 ? [.fixed(1), .inferred] : axis == 1 ? [.same, .fixed(rest)] : [.inferred, .fixed(rest)]
        return [.value(try reshaped(node, input, extents, kind: "Flatten"))]
    }

    func squeeze(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        var axes = input.shape.indices.filter { input.shape[$0] == 1 }
        var isNamed = false
        if let given = try node.integers("axes", orInput: 1) {
            axes = try node.axes(given, rank: input.rank)
            isNamed = true
        }
        for axis in axes where input.shape[axis] != 1 {
            throw node.malformed("axis \(axis) of \(input.shape) does not have extent 1")
        }
        let kept = input.shape.indices.filter { !axes.contains($0) }
        let flow = try reshaped(node, input, moved(input, kept.map { $0 }), kind: "Squeeze")
        // For other batch sizes, other axes may have extent 1.
        return [
            .value(
                isNamed || input.otherShape.map { $0.first == input.shape.first } ?? true
                    ? flow : flow.withoutOtherShape)
        ]
    }

    func unsqueeze(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let given = try node.integers("axes", orInput: 1) else {
            throw node.malformed("its axes are missing")
        }
        let axes = try node.axes(given, rank: input.rank + given.count)
        var sources: [Int?] = []
        var next = 0
        for axis in 0..<input.rank + axes.count {
            if axes.contains(axis) {
                sources.append(nil)
            } else {
                sources.append(next)
                next += 1
            }
        }
        return [.value(try reshaped(node, input, moved(input, sources), kind: "Unsqueeze"))]
    }

    /// Returns a shape made of axes of the input and new axes of extent 1.
    private func moved(_ input: Flow, _ sources: [Int?]) -> [ReshapeExtent] {
        var varies = false
        return sources.enumerated().map { axis, source in
            guard let source else { return .fixed(1) }
            if source == axis && axis == 0 { return .same }
            guard let other = input.otherShape, other[source] != input.shape[source] else {
                return .fixed(input.shape[source])
            }
            if source == axis { return .same }
            if varies { return .fixed(input.shape[source]) }
            varies = true
            return .inferred
        }
    }

    func transpose(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let axes = try node.integers("perm") ?? Array((0..<input.rank).reversed())
        guard axes.sorted() == Array(0..<input.rank) else {
            throw node.malformed("its perm \(axes.prefix(16)) is not a permutation of \(input.rank) axes")
        }
        if axes == Array(0..<input.rank) { return [.value(input)] }
        return [.value(try add(node, Transpose(axes: axes), [input], kind: input.kind))]
    }

    func expansion(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let known = try node.known(1, "extents") else { throw node.malformed("its shape is missing") }
        let target = try node.bounded(
            try node.integers(known.literal, "extents"), in: 1...Self.elementLimit, "extents")
        guard target.count <= Self.rankLimit, let full = broadcast(input.shape, target) else {
            throw node.malformed("\(input.shape) cannot be expanded to \(target.prefix(16))")
        }
        if full == input.shape && known.isSame { return [.value(input)] }
        let other = try known.otherLiteral.map { literal throws(ImportProblem) in try node.integers(literal, "extents")
        }
        let offset = full.count - input.rank
        // Where the input already has the full extent, 1 is valid for all batch sizes.
        var isRight = other?.count == target.count
        let shape = ONNX.padded(target, full.count).enumerated().map { axis, extent in
            let position = axis - (full.count - target.count)
            let otherExtent = other.flatMap { $0.indices.contains(position) ? $0[position] : nil }
            if axis >= offset, input.shape[axis - offset] == extent, position >= 0 {
                let otherInput = input.otherShape?[axis - offset]
                if otherExtent == otherInput || otherExtent == extent { return 1 }
            }
            if position >= 0 && otherExtent != extent { isRight = false }
            return extent
        }
        if broadcast(input.shape, shape) == input.shape {
            return [.value(isRight ? input : input.withoutOtherShape)]
        }
        let flow = try add(node, Expand(to: shape), [input], kind: input.kind)
        return [.value(isRight ? flow : flow.withoutOtherShape)]
    }

    func tile(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let known = try node.known(1, "repeats") else { throw node.malformed("its repeats are missing") }
        let repeats = try node.bounded(try node.integers(known.literal, "repeats"), in: 1...1 << 31, "repeats")
        guard repeats.count == input.rank else {
            throw node.malformed("its repeats \(repeats.prefix(16)) do not fit \(input.rank) axes")
        }
        if repeats.allSatisfy({ $0 == 1 }) { return [.value(known.isSame ? input : input.withoutOtherShape)] }
        let flow = try add(node, Tile(repeats: repeats), [input], kind: input.kind)
        return [.value(known.isSame ? flow : flow.withoutOtherShape)]
    }
}
