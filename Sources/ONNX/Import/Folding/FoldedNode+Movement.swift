import Operators
import Tensors

/// Reshaping and rearranging known tensors.
extension FoldedNode {
    mutating func reshape() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let shape: [Int]
        switch node.kind {
        case "Flatten":
            let given = try node.integer("axis", default: 1)
            let axis = given == input.shape.count ? given : try node.axis(given, rank: input.shape.count)
            shape = [input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)]
        case "Squeeze":
            let given = try integers("axes", orInput: 1)
            let axes = try given.map { list throws(ImportProblem) in try node.axes(list, rank: input.shape.count) }
            shape = input.shape.indices.filter { axis in axes.map { !$0.contains(axis) } ?? (input.shape[axis] != 1) }
                .map { input.shape[$0] }
        case "Unsqueeze":
            guard let given = try integers("axes", orInput: 1) else {
                throw node.malformed("its axes are missing")
            }
            let axes = try node.axes(given, rank: input.shape.count + given.count)
            var rest = input.shape[...]
            shape = (0..<input.shape.count + axes.count).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 }
        default:
            guard let target = try integers(1, "extents") else { throw node.malformed("its new shape is missing") }
            shape = try reshaped(input.shape, target)
        }
        guard product(shape) == input.count else {
            throw node.malformed("\(input.shape) does not fill the shape \(shape.prefix(16))")
        }
        if let value = input.uniform?.value, let result = uniform(shape, value) { return result }
        try reserve(shape)
        return input.reshaped(shape)
    }

    private func reshaped(_ input: [Int], _ target: [Int]) throws(ImportProblem) -> [Int] {
        _ = try node.bounded(target, in: -1...Int(Int32.max), "extents")
        let allowsZero = try node.flag("allowzero")
        var shape = target.enumerated().map { axis, extent in
            extent == 0 && !allowsZero && axis < input.count ? input[axis] : extent
        }
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            guard let known = product(shape), known > 0 else {
                throw node.malformed("its inferred extent is ambiguous")
            }
            shape[open] = input.reduce(1, *) / known
        }
        return shape
    }

    mutating func transpose() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let axes = try node.integers("perm") ?? Array(input.shape.indices.reversed())
        guard axes.sorted() == Array(input.shape.indices) else {
            throw node.malformed("its perm \(axes.prefix(16)) is not a permutation of \(input.shape.count) axes")
        }
        let shape = axes.map { input.shape[$0] }
        if let value = input.uniform?.value, let result = uniform(shape, value) { return result }
        try reserve(shape)
        let strides = rowMajorStrides(input.shape)
        return input.picking(shape, places(shape, strides: axes.map { strides[$0] }))
    }

    mutating func expand() throws(ImportProblem) -> Literal {
        let input = try required(0)
        guard let target = try integers(1, "extents"), target.count <= 16, target.allSatisfy({ $0 >= 0 }),
            let shape = broadcast(input.shape, target)
        else { throw node.malformed("\(input.shape) cannot be expanded to the given shape") }
        if input.count == 1, input.kind == .float, let result = uniform(shape, input.floats[0]) { return result }
        try reserve(shape)
        return input.picking(shape, broadcastPlaces(of: input.shape, in: shape))
    }

    mutating func tile() throws(ImportProblem) -> Literal {
        let input = try required(0)
        guard let repeats = try integers(1, "repeats"), repeats.count == input.shape.count else {
            throw node.malformed("its repeats do not fit \(input.shape)")
        }
        _ = try node.bounded(repeats, in: 0...Int(Int32.max), "repeats")
        let shape = zip(input.shape, repeats).map { $0.multipliedReportingOverflow(by: $1).partialValue }
        try reserve(shape)
        return input.picking(
            shape, mapped(shape, { axis, position in position % input.shape[axis] }, places: input.shape))
    }

    /// Only padding with a constant along all axes; the graph has all other kinds.
    mutating func pad() throws(ImportProblem) -> Literal? {
        let input = try required(0)
        guard let pads = try integers("pads", orInput: 1), !node.operands.indices.contains(3),
            pads.count == 2 * input.shape.count, try node.string("mode", default: "constant") == "constant"
        else { return nil }
        _ = try node.bounded(pads, in: -(1 << 31)...1 << 31, "pads")
        let rank = input.shape.count
        let shape = input.shape.indices.map { max(0, input.shape[$0] + pads[$0] + pads[rank + $0]) }
        try reserve(shape)
        let value = try node.float("value", default: 0)
        let filler = self.input(2) ?? Literal([], floats: [value])
        let places = mapped(
            shape,
            { axis, position in
                let source = position - pads[axis]
                return source >= 0 && source < input.shape[axis] ? source : nil
            }, places: input.shape)
        return input.picking(shape, places, filler: filler)
    }

    mutating func slice() throws(ImportProblem) -> Literal {
        let input = try required(0)
        var known = node
        known.operands = inputs.map { $0.map { Operand.literal($0) } }
        let ranges = try Self.ranges(known, shape: input.shape)
        let shape = ranges.map(\.count)
        try reserve(shape)
        return input.picking(
            shape, mapped(shape, { ranges[$0].first + $1 * ranges[$0].step }, places: input.shape))
    }

    /// Returns the first position, the step and the number of positions for each axis.
    private static func ranges(
        _ node: ImportedNode, shape: [Int]
    ) throws(ImportProblem) -> [(first: Int, step: Int, count: Int)] {
        var result = shape.map { (first: 0, step: 1, count: $0) }
        for range in try node.sliceRanges(shape: shape) {
            let (first, count) = range.positions(shape[range.axis])
            result[range.axis] = (first, range.step, count)
        }
        return result
    }

    mutating func split() throws(ImportProblem) -> [Literal] {
        let input = try required(0)
        let axis = try node.axis(try node.integer("axis", default: 0), rank: input.shape.count)
        let lengths = try node.splitLengths(
            extent: input.shape[axis], given: try integers("split", orInput: 1))
        var start = 0
        var results: [Literal] = []
        for length in lengths {
            var shape = input.shape
            shape[axis] = length
            try reserve(shape)
            let offset = start
            results.append(
                input.picking(shape, mapped(shape, { $0 == axis ? $1 + offset : $1 }, places: input.shape)))
            start += length
        }
        return results
    }

    mutating func gather() throws(ImportProblem) -> Literal {
        let (input, index) = (try required(0), try required(1))
        let axis = try node.axis(try node.integer("axis", default: 0), rank: input.shape.count)
        let extent = input.shape[axis]
        guard extent > 0 || index.count == 0 else { throw node.malformed("axis \(axis) is empty") }
        let indices = try node.bounded(
            try node.integers(index, "indices"), in: -extent...max(extent - 1, 0), "indices")
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let outer = input.shape[..<axis].reduce(1, *)
        let shape = Array(input.shape[..<axis]) + index.shape + Array(input.shape[(axis + 1)...])
        try reserve(shape)
        var places: [Int] = []
        places.reserveCapacity(outer * indices.count * inner)
        for block in 0..<outer {
            for index in indices {
                let start = (block * extent + (index < 0 ? index + extent : index)) * inner
                places += start..<start + inner
            }
        }
        return input.picking(shape, places)
    }

    mutating func concatenation() throws(ImportProblem) -> Literal {
        let parts = inputs.compactMap { $0 }
        guard let first = parts.first, let given = try node.integer("axis") else {
            throw node.malformed("its inputs or its axis are missing")
        }
        let axis = try node.axis(given, rank: first.shape.count)
        var extent = 0
        for part in parts {
            guard part.shape.count == first.shape.count,
                part.shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == first.shape[$0] })
            else { throw node.malformed("the shapes \(first.shape) and \(part.shape) cannot be concatenated") }
            extent += part.shape[axis]
        }
        var shape = first.shape
        shape[axis] = extent
        try reserve(shape)
        let outer = shape[..<axis].reduce(1, *)
        let inner = shape[(axis + 1)...].reduce(1, *)
        func joined<Number>(_ lists: [[Number]]) -> [Number] {
            var result: [Number] = []
            result.reserveCapacity(outer * extent * inner)
            for block in 0..<outer {
                for (list, part) in zip(lists, parts) {
                    let count = part.shape[axis] * inner
                    result += list[block * count..<(block + 1) * count]
                }
            }
            return result
        }
        let integers = parts.compactMap(\.integers)
        if integers.count == parts.count { return Literal(shape, integers: joined(integers), kind: first.kind) }
        return Literal(shape, floats: joined(parts.map(\.floats)))
    }

    /// Maps each element of a shape to an offset in another one, axis by axis; -1 where an axis has no source.
    private func mapped(
        _ shape: [Int], _ position: (_ axis: Int, _ position: Int) -> Int?, places source: [Int]
    ) -> [Int] {
        let strides = rowMajorStrides(source)
        // The offset contributed by each position of an axis, accumulated axis by axis.
        var places = [0]
        for (axis, extent) in shape.enumerated() {
            let parts = (0..<extent).map { position(axis, $0).map { $0 * strides[axis] } }
            var next: [Int] = []
            next.reserveCapacity(places.count * extent)
            for place in places { for part in parts { next.append(place < 0 ? -1 : part.map { place + $0 } ?? -1) } }
            places = next
        }
        return places
    }
}
