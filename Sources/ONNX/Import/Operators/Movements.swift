import Graphs
import Operators

/// Concatenation, splitting, indexing, padding and other rearrangements.
extension Importer {
    func concatenation(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        var inputs: [Flow] = []
        var isSame = true
        for (index, operand) in node.operands.enumerated() {
            // A value without elements adds nothing. Some exporters concatenate values to lists that are empty at first.
            if case .literal(let known)? = operand, known.literal.count == 0 {
                isSame = isSame && known.otherLiteral?.count == 0
                continue
            }
            inputs.append(try flow(node, index))
        }
        guard let first = inputs.first, let given = try node.integer("axis") else {
            throw node.malformed("its inputs or its axis are missing")
        }
        let axis = try node.axis(given, rank: first.rank)
        let flow =
            inputs.count == 1 ? first : try add(node, Concatenate(axis: axis), inputs, kind: first.kind)
        return [.value(isSame ? flow : flow.withoutOtherShape)]
    }

    /// Adds one node per part, called `NODE/0`, `NODE/1`, ….
    func split(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let axis = try node.axis(try node.integer("axis", default: 0), rank: input.rank)
        let lengths = try node.splitLengths(
            extent: input.shape[axis], given: try node.integers("split", orInput: 1))
        if lengths.count == 1 { return [.value(input)] }
        // The positions of the parts are valid only for this extent.
        let isFixed = input.otherShape?[axis] == input.shape[axis] && node.isSame(1)
        var start = 0
        var results: [Operand] = []
        for (position, length) in lengths.enumerated() {
            let range = Slice.Range(axis: axis, start: start, end: start + length)
            start += length
            guard node.outputs.indices.contains(position), !node.outputs[position].isEmpty else {
                results.append(.value(input))
                continue
            }
            if length == 0 {
                func empty(_ shape: [Int]) -> [Int] { shape.enumerated().map { $0 == axis ? 0 : $1 } }
                let other = isFixed ? input.otherShape.map(empty) : nil
                results.append(.literal(Known(empty: empty(input.shape), kind: input.kind, otherShape: other)))
                continue
            }
            let flow = try add(part: "\(position)", of: node, Slice([range]), [input], kind: input.kind)
            results.append(.value(isFixed ? flow : flow.withoutOtherShape))
        }
        return results
    }

    func slice(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let ranges = try node.cuttingRanges(shape: input.shape)
        let isSame =
            (1..<5).allSatisfy(node.isSame)
            || input.otherShape.map { (try? node.forOtherBatch()?.cuttingRanges(shape: $0)) == ranges } ?? false
        do {
            let flow = ranges.isEmpty ? input : try add(node, Slice(ranges), [input], kind: input.kind)
            return [.value(isSame ? flow : flow.withoutOtherShape)]
        } catch .empty(let shape, let kind, let otherShape) {
            return [.literal(Known(empty: shape, kind: kind, otherShape: isSame ? otherShape : nil))]
        }
    }

    func gather(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let known = try node.known(1, "indices") else { throw node.malformed("its indices are missing") }
        let axis = try node.axis(try node.integer("axis", default: 0), rank: input.rank)
        let extent = input.shape[axis]
        // Each operator keeps its own copy of the list.
        try charge(known.literal.shape, node)
        let indices = try node.bounded(
            try node.integers(known.literal, "indices"), in: -extent...extent - 1, "indices")
        let kernel = Gather(axis: axis, indices: indices, indexShape: known.literal.shape)
        let flow = try add(node, kernel, [input], kind: input.kind)
        return [.value(known.isSame ? flow : flow.withoutOtherShape)]
    }

    func pad(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        var pads = try node.integers("pads")
        if pads == nil { pads = try node.knownIntegers(1, "pads") }
        var axes = Array(0..<input.rank)
        if let given = try node.knownIntegers(3, "axes") { axes = try node.axes(given, rank: input.rank) }
        guard let pads, pads.count == 2 * axes.count else { throw node.malformed("its pads do not fit its axes") }
        _ = try node.bounded(pads, in: -(1 << 31)...1 << 31, "pads")
        var value = try node.float("value", default: 0)
        if let known = try node.known(2, "filler") { value = known.literal.floats.first ?? 0 }
        let mode: Padding.Mode
        switch try node.string("mode", default: "constant") {
        case "constant": mode = .constant(value)
        case "reflect": mode = .reflect
        case "edge": mode = .edge
        case "wrap": mode = .wrap
        case let other: throw node.lacking("in the mode '\(other)'")
        }
        let isSame = (1..<4).allSatisfy(node.isSame)
        if pads.allSatisfy({ $0 == 0 }) { return [.value(isSame ? input : input.withoutOtherShape)] }
        var (before, after) = (input.shape.map { _ in 0 }, input.shape.map { _ in 0 })
        for (position, axis) in axes.enumerated() {
            before[axis] = pads[position]
            after[axis] = pads[axes.count + position]
        }
        let flow = try add(node, Padding(before: before, after: after, mode: mode), [input], kind: input.kind)
        return [.value(isSame ? flow : flow.withoutOtherShape)]
    }

    func depthToSpace(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let kernel = DepthToSpace(block: try positive(node, "blocksize"), mode: try blockOrder(node))
        return [.value(try add(node, kernel, [try flow(node, 0)]))]
    }

    func spaceToDepth(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let kernel = SpaceToDepth(block: try positive(node, "blocksize"), mode: try blockOrder(node))
        return [.value(try add(node, kernel, [try flow(node, 0)]))]
    }

    private func blockOrder(_ node: ImportedNode) throws(ImportProblem) -> DepthToSpace.Mode {
        switch try node.string("mode", default: "DCR") {
        case "DCR": return .depthColumnRow
        case "CRD": return .columnRowDepth
        case let other: throw node.malformed("invalid mode '\(other)'")
        }
    }

    func gridSample(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let mode: GridSample.Mode
        switch try node.string("mode", default: "bilinear") {
        case "bilinear", "linear": mode = .linear
        case "nearest": mode = .nearest
        case let other: throw node.lacking("in the mode '\(other)'")
        }
        let padding: GridSample.Outside
        switch try node.string("padding_mode", default: "zeros") {
        case "zeros": padding = .zeros
        case "border": padding = .border
        case "reflection": padding = .reflection
        case let other: throw node.malformed("invalid padding_mode '\(other)'")
        }
        let kernel = GridSample(mode: mode, padding: padding, alignsCorners: try node.flag("align_corners"))
        return [.value(try add(node, kernel, [try flow(node, 0), try flow(node, 1)]))]
    }
}

extension ImportedNode {
    /// Returns whether an input is the same for all batch sizes, or missing.
    fileprivate func isSame(_ index: Int) -> Bool {
        if case .literal(let known)? = operand(index) { known.isSame } else { !has(index) }
    }

    /// Returns the same node with its known inputs for the other batch size; nil if they are not available.
    fileprivate func forOtherBatch() -> ImportedNode? {
        var node = self
        for case (let index, .literal(let known)?) in operands.enumerated() {
            guard let other = known.otherLiteral else { return nil }
            node.operands[index] = .literal(other)
        }
        return node
    }

    /// Returns the ranges that drop anything: ranges that keep a whole axis do not depend on its extent.
    fileprivate func cuttingRanges(shape: [Int]) throws(ImportProblem) -> [Slice.Range] {
        try sliceRanges(shape: shape).filter { range in
            let extent = shape[range.axis]
            return range.step != 1 || range.positions(extent) != (0, extent)
        }
    }

    /// Ranges are attributes before opset 10, inputs since then.
    func sliceRanges(shape: [Int]) throws(ImportProblem) -> [Slice.Range] {
        var lists: [[Int]?] = [
            try integers("starts"), try integers("ends"), try integers("axes"), nil,
        ]
        for index in 1..<5 where has(index) { lists[index - 1] = try knownIntegers(index, "ranges") }
        guard let starts = lists[0], let ends = lists[1] else { throw malformed("its ranges are missing") }
        let axes = try self.axes(lists[2] ?? Array(starts.indices), rank: shape.count)
        let steps = lists[3] ?? starts.map { _ in 1 }
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count,
            !steps.contains(0)
        else {
            throw malformed("its starts, ends, axes and steps are inconsistent")
        }
        // Larger than any extent: a range to the end of an axis stays one for all batch sizes.
        func clamped(_ place: Int) -> Int { min(max(place, -1 << 32), 1 << 32) }
        return axes.enumerated().map { position, axis in
            Slice.Range(
                axis: axis, start: clamped(starts[position]), end: clamped(ends[position]),
                step: clamped(steps[position]))
        }
    }

    private static let partLimit = 1 << 16

    /// Returns the lengths of the parts of a split axis: as given, or equal.
    func splitLengths(extent: Int, given: [Int]?) throws(ImportProblem) -> [Int] {
        let lengths: [Int]
        if let given {
            lengths = try bounded(given, in: 0...extent, "lengths")
        } else {
            let count = try integer("num_outputs", default: outputs.count)
            guard count > 0, count <= extent, count <= Self.partLimit else {
                throw malformed("\(extent) positions cannot be split into \(count) parts")
            }
            let length = (extent + count - 1) / count
            lengths = (0..<count).map { max(0, min(length, extent - $0 * length)) }
        }
        guard lengths.count <= Self.partLimit, lengths.reduce(0, +) == extent, lengths.count >= outputs.count else {
            throw malformed("the lengths \(lengths.prefix(16)) do not add up to \(extent) positions")
        }
        return lengths
    }
}
