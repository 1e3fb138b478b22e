import Graphs
import Operators

/// Elements chosen by computed positions, or by their size.
extension Importer {
    func gatherElements(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let (input, index) = (try flow(node, 0), try flow(node, 1))
        let axis = try node.axis(try node.integer("axis", default: 0), rank: input.rank)
        guard index.kind == .integer else { throw node.malformed("its indices must be integers") }
        if case .literal(let known)? = node.operand(1) {
            let extent = input.shape[axis]
            _ = try node.bounded(
                try node.integers(known.literal, "indices"), in: -extent...extent - 1, "indices")
        }
        return [.value(try add(node, GatherElements(axis: axis), [input, index], kind: input.kind))]
    }

    /// Rows of known indices choose parts of the first axes: these become one axis, on which a `Gather` picks.
    func gatherRows(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard try node.integer("batch_dims", default: 0) == 0 else { throw node.lacking("with batch_dims") }
        guard let known = try node.known(1, "indices") else { throw node.malformed("its indices are missing") }
        let index = known.literal
        let rows = try node.rowPlaces(input.shape, index)
        let strides = rowMajorStrides(input.shape)
        let part = rows.depth < input.rank ? strides[rows.depth - 1] : 1
        try charge(index.shape, node)
        let kernel = Gather(axis: 0, indices: rows.places.map { $0 / part }, indexShape: Array(index.shape.dropLast()))
        let rest = input.shape.dropFirst(rows.depth).map { ReshapeExtent.fixed($0) }
        let flat =
            rows.depth == 1
            ? input : try add(part: "flat", of: node, Reshape([.inferred] + rest), [input], kind: input.kind)
        let flow = try add(node, kernel, [flat], kind: input.kind)
        // Places depend on the extents behind the first one, and positions from the end also on the first one.
        let fromEnd = index.integers?.contains { $0 < 0 } ?? false
        let extents = (fromEnd ? 0 : 1)..<rows.depth
        let isSame = known.isSame && input.otherShape?[extents] == input.shape[extents]
        return [.value(isSame ? flow : flow.withoutOtherShape)]
    }

    /// The largest or smallest elements along an axis, and their positions.
    func largest(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard input.rank > 0 else { throw node.malformed("its input has no axes") }
        let axis = try node.axis(try node.integer("axis", default: -1), rank: input.rank)
        var isSame = true
        var count = try node.integer("k")
        if count == nil, let known = try node.known(1, "k") {
            let values = try node.integers(known.literal, "k")
            guard values.count == 1 else { throw node.malformed("its k has \(values.count) elements") }
            (count, isSame) = (values[0], known.isSame)
        }
        guard let count, count >= 0, count <= input.shape[axis] else {
            throw node.malformed(
                "its k is \(count.map(String.init) ?? "missing"), but axis \(axis) has \(input.shape[axis]) positions")
        }
        // Unsorted results may have any order, so they are sorted, too.
        let smallest = try !node.flag("largest", default: true)
        func kernel(_ result: TopK.Result) -> TopK {
            TopK(result, axis: axis, count: count, smallest: smallest)
        }
        var results: [Operand] = []
        let values = try add(node, kernel(.values), [input], kind: input.kind)
        results.append(.value(isSame ? values : values.withoutOtherShape))
        if node.outputs.count > 1, !node.outputs[1].isEmpty {
            let positions = try add(part: "positions", of: node, kernel(.positions), [input], kind: .integer)
            results.append(.value(isSame ? positions : positions.withoutOtherShape))
        }
        return results
    }
}

extension ImportedNode {
    /// Returns the offset of the slice for each row of indices, and the number of axes that a row indexes.
    func rowPlaces(_ shape: [Int], _ index: Literal) throws(ImportProblem) -> (places: [Int], depth: Int) {
        let indices = try integers(index, "indices")
        guard let depth = index.shape.last, depth > 0, depth <= shape.count else {
            throw malformed("its indices \(index.shape) do not fit \(shape)")
        }
        let strides = rowMajorStrides(shape)
        var places: [Int] = []
        for row in stride(from: 0, to: indices.count, by: depth) {
            var place = 0
            for axis in 0..<depth {
                let position = indices[row + axis]
                guard position >= -shape[axis], position < shape[axis] else {
                    throw malformed("the index \(position) is out of bounds for \(shape)")
                }
                place += (position < 0 ? position + shape[axis] : position) * strides[axis]
            }
            places.append(place)
        }
        return (places, depth)
    }
}
