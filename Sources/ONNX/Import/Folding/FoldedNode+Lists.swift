import Tensors

/// Creation, indexed access and sums of known tensors.
extension FoldedNode {
    mutating func constantOfShape() throws(ImportProblem) -> Literal {
        let shape = try node.bounded(
            try node.integers(try required(0), "extents"), in: 0...Int(Int32.max), "extents")
        var value = Literal([1], floats: [0])
        if let tensor = try node.tensor("value") {
            do {
                value = try Literal(tensor, place: node.place, files: ExternalFiles(folder: nil))
            } catch {
                throw ImportProblem(error)
            }
        }
        guard value.count == 1 else { throw node.malformed("its value has \(value.count) elements") }
        if value.kind == .float, let result = uniform(shape, value.floats[0]) { return result }
        try reserve(shape)
        return value.picking(shape, [Int](repeating: 0, count: shape.reduce(1, *)))
    }

    mutating func range() throws(ImportProblem) -> Literal {
        let parts = [try required(0), try required(1), try required(2)]
        guard parts.allSatisfy({ $0.count == 1 }) else { throw node.malformed("its bounds must be scalars") }
        let integers = parts.compactMap { $0.integers?.first }
        if integers.count == 3 {
            let (distance, overflow) = integers[1].subtractingReportingOverflow(integers[0])
            guard integers[2] != 0, !overflow else { throw node.malformed("invalid bounds \(integers)") }
            let count = (Double(distance) / Double(integers[2])).rounded(.up)
            guard count < 0x1p40 else { throw node.malformed("invalid bounds \(integers)") }
            let shape = [Int(max(0, count))]
            try reserve(shape)
            return Literal(shape, integers: (0..<shape[0]).map { integers[0] &+ Int64($0) &* integers[2] })
        }
        let bounds = parts.map { $0.floats[0] }
        let count = ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up)
        guard count < 0x1p40 else { throw node.malformed("invalid bounds \(bounds)") }
        let shape = [Int(max(0, count))]
        try reserve(shape)
        return Literal(shape, floats: (0..<shape[0]).map { bounds[0] + Float($0) * bounds[2] })
    }

    /// Returns the positions of non-zero elements: `[axis, element]`.
    mutating func nonZero() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let found = input.floats.enumerated().filter { $0.element != 0 }.map(\.offset)
        let shape = [input.shape.count, found.count]
        try reserve(shape)
        let strides = rowMajorStrides(input.shape)
        let positions = zip(strides, input.shape).flatMap { stride, extent in
            found.map { Int64($0 / stride % extent) }
        }
        return Literal(shape, integers: positions)
    }

    mutating func eye() throws(ImportProblem) -> Literal {
        let input = try required(0)
        guard input.shape.count == 2 else { throw node.malformed("its input has \(input.shape.count) axes") }
        try reserve(input.shape)
        let diagonal = try node.integer("k", default: 0)
        let columns = input.shape[1]
        let values = (0..<input.count).map { $0 % columns - $0 / columns == diagonal ? Int64(1) : 0 }
        let literal = Literal(input.shape, integers: values)
        let isFloat = try node.integer("dtype").map { $0 == 1 || $0 == 10 || $0 == 11 } ?? (input.kind == .float)
        return isFloat ? Literal(literal.tensor) : literal
    }

    /// Returns the upper or lower triangle of the last two axes.
    mutating func triangle() throws(ImportProblem) -> Literal {
        let input = try required(0)
        guard input.shape.count >= 2 else { throw node.malformed("its input has \(input.shape.count) axes") }
        try reserve(input.shape)
        let diagonal = try integers(1, "diagonal")?.first ?? 0
        let isUpper = try node.flag("upper", default: true)
        let (rows, columns) = (input.shape[input.shape.count - 2], input.shape[input.shape.count - 1])
        let places = (0..<input.count).map { place in
            let distance = place % columns - place / columns % rows
            return (isUpper ? distance >= diagonal : distance <= diagonal) ? place : -1
        }
        return input.picking(input.shape, places)
    }

    /// Gathers elements or slices by rows of indices.
    mutating func gatherRows() throws(ImportProblem) -> Literal {
        let (input, index) = (try required(0), try required(1))
        guard try node.integer("batch_dims", default: 0) == 0 else { throw node.lacking("with batch_dims") }
        let rows = try node.rowPlaces(input.shape, index)
        let part = input.shape.dropFirst(rows.depth).reduce(1, *)
        let shape = Array(index.shape.dropLast()) + Array(input.shape.dropFirst(rows.depth))
        try reserve(shape)
        return input.picking(shape, rows.places.flatMap { $0..<$0 + part })
    }

    /// Returns a copy with elements or slices replaced by rows of indices.
    mutating func scatterRows() throws(ImportProblem) -> Literal {
        let (input, index, updates) = (try required(0), try required(1), try required(2))
        guard try node.string("reduction", default: "none") == "none" else { throw node.lacking("with a reduction") }
        let rows = try node.rowPlaces(input.shape, index)
        let part = input.shape.dropFirst(rows.depth).reduce(1, *)
        guard updates.count == rows.places.count * part else {
            throw node.malformed("\(updates.count) elements do not fill \(rows.places.count) slices of \(part)")
        }
        try reserve(input.shape)
        func replaced<Number>(_ values: [Number], _ new: [Number]) -> [Number] {
            var values = values
            for (row, place) in rows.places.enumerated() {
                for offset in 0..<part { values[place + offset] = new[row * part + offset] }
            }
            return values
        }
        if let values = input.integers, let new = updates.integers {
            return Literal(input.shape, integers: replaced(values, new), kind: input.kind)
        }
        return Literal(input.shape, floats: replaced(input.floats, updates.floats))
    }

    mutating func reduce() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let rank = input.shape.count
        let given = try integers("axes", orInput: 1) ?? []
        if given.isEmpty, try node.flag("noop_with_empty_axes") { return input }
        let axes = given.isEmpty ? Array(0..<rank) : try node.axes(given, rank: rank)
        let keeps = try node.flag("keepdims", default: true)
        let kept = input.shape.indices.map { axes.contains($0) ? 1 : input.shape[$0] }
        try reserve(kept)
        guard input.count > 0 || node.kind == "ReduceSum" || node.kind == "ReduceProd" else {
            throw node.malformed("it reduces an empty tensor")
        }
        let targets = places(input.shape, strides: zip(rowMajorStrides(kept), kept).map { $1 == 1 ? 0 : $0 })
        let shape = keeps ? kept : kept.indices.filter { !axes.contains($0) }.map { kept[$0] }
        let share = input.count / max(1, kept.reduce(1, *))
        if let values = input.integers {
            var sums = [Int64?](repeating: nil, count: kept.reduce(1, *))
            for (value, target) in zip(values, targets) {
                sums[target] = sums[target].map { reduced($0, value) } ?? value
            }
            let neutral: Int64 = node.kind == "ReduceProd" ? 1 : 0
            return Literal(
                shape,
                integers: sums.map { sum in
                    node.kind == "ReduceMean" ? (sum ?? 0) / Int64(max(1, share)) : sum ?? neutral
                })
        }
        var sums = [Double?](repeating: nil, count: kept.reduce(1, *))
        for (value, target) in zip(input.floats, targets) {
            sums[target] = sums[target].map { reduced($0, Double(value)) } ?? Double(value)
        }
        let neutral: Double = node.kind == "ReduceProd" ? 1 : 0
        return Literal(
            shape, floats: sums.map { Float(node.kind == "ReduceMean" ? ($0 ?? 0) / Double(share) : $0 ?? neutral) })
    }

    private func reduced(_ sum: Int64, _ value: Int64) -> Int64 {
        switch node.kind {
        case "ReduceProd": sum &* value
        case "ReduceMax": max(sum, value)
        case "ReduceMin": min(sum, value)
        default: sum &+ value
        }
    }

    private func reduced(_ sum: Double, _ value: Double) -> Double {
        switch node.kind {
        case "ReduceProd": sum * value
        case "ReduceMax": value > sum || value.isNaN ? value : sum
        case "ReduceMin": value < sum || value.isNaN ? value : sum
        default: sum + value
        }
    }

    /// Returns cumulative sums along an axis.
    mutating func runningSum() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let given = try integers(1, "axis")?.first ?? 0
        let (isExclusive, isReversed) = (try node.flag("exclusive"), try node.flag("reverse"))
        let axis = try node.axis(given, rank: input.shape.count)
        try reserve(input.shape)
        let (stride, extent) = (rowMajorStrides(input.shape)[axis], input.shape[axis])
        func summed<Number: ExpressibleByIntegerLiteral>(
            _ values: [Number], _ add: (Number, Number) -> Number
        ) -> [Number] {
            var sums = values
            let step = isReversed ? -stride : stride
            for place in isReversed ? Array(values.indices.reversed()) : Array(values.indices) {
                let position = place / stride % extent
                let isFirst = position == (isReversed ? extent - 1 : 0)
                let before = isFirst ? 0 : sums[place - step]
                sums[place] = add(before, isExclusive ? (isFirst ? 0 : values[place - step]) : values[place])
            }
            return sums
        }
        if let values = input.integers { return Literal(input.shape, integers: summed(values, &+)) }
        return Literal(input.shape, floats: summed(input.floats, +))
    }
}
