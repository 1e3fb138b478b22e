import Graphs
import Operators

/// Resizing.
extension Importer {
    /// Opset 10 is the same as opset 9's `Upsample`; opset 11 adds coordinates, rounding, and sizes instead of factors.
    func resize(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        if node.opset < 11 { return try upsample(node) }
        let input = try flow(node, 0)
        for (name, usual) in [("antialias", 0), ("exclude_outside", 0)] {
            guard try node.integer(name, default: usual) == usual else { throw node.lacking("with \(name)") }
        }
        let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
        let axes = try node.axes(try node.integers("axes") ?? Array(0..<input.rank), rank: input.rank)
        var lengths = [Resize.Length](repeating: .scale(1), count: input.rank)
        if let known = try node.known(3, "sizes"), known.literal.count > 0 {
            guard policy == "stretch" else { throw node.lacking("with keep_aspect_ratio_policy") }
            let sizes = try node.bounded(
                try node.integers(known.literal, "sizes"), in: 1...1 << 31, "sizes")
            guard sizes.count == axes.count else { throw node.malformed("its sizes do not fit its axes") }
            for (axis, size) in zip(axes, sizes) where size != input.shape[axis] { lengths[axis] = .extent(size) }
        } else if let known = try node.known(2, "scales"), known.literal.count > 0 {
            let scales = known.literal.floats
            guard scales.count == axes.count else { throw node.malformed("its scales do not fit its axes") }
            for (axis, scale) in zip(axes, scales) { lengths[axis] = .scale(Double(scale)) }
        } else {
            throw node.malformed("it has neither scales nor sizes")
        }
        let coordinates: Resize.Coordinates
        switch try node.string("coordinate_transformation_mode", default: "half_pixel") {
        case "half_pixel": coordinates = .halfPixel
        case "pytorch_half_pixel": coordinates = .pytorchHalfPixel
        case "asymmetric": coordinates = .asymmetric
        case "align_corners": coordinates = .alignCorners
        case "half_pixel_symmetric": coordinates = .halfPixelSymmetric
        case let other: throw node.lacking("with coordinates '\(other)'")
        }
        let rounding: Resize.Rounding
        switch try node.string("nearest_mode", default: "round_prefer_floor") {
        case "round_prefer_floor": rounding = .roundPreferFloor
        case "round_prefer_ceil": rounding = .roundPreferCeil
        case "floor": rounding = .floor
        case "ceil": rounding = .ceil
        case let other: throw node.malformed("invalid nearest_mode '\(other)'")
        }
        let mode: Resize.Mode
        switch try node.string("mode", default: "nearest") {
        case "nearest": mode = .nearest
        case "linear": mode = .linear
        case "cubic": mode = .cubic(coefficient: try node.float("cubic_coeff_a", default: -0.75))
        case let other: throw node.malformed("invalid mode '\(other)'")
        }
        return [.value(try resize(node, input, lengths, mode, coordinates, rounding))]
    }

    func upsample(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        var given = try node.floats("scales")
        if given == nil { given = try node.known(1, "scales")?.literal.floats }
        guard let scales = given, scales.count == input.rank else {
            throw node.malformed("its scales are missing or do not fit \(input.shape)")
        }
        let isNearest: Bool
        switch try node.string("mode", default: "nearest") {
        case "nearest": isNearest = true
        case "linear", "bilinear": isNearest = false
        case let other: throw node.malformed("invalid mode '\(other)'")
        }
        let lengths = scales.map { Resize.Length.scale(Double($0)) }
        return [.value(try resize(node, input, lengths, isNearest ? .nearest : .linear, .asymmetric, .floor))]
    }

    private func resize(
        _ node: ImportedNode, _ input: Flow, _ lengths: [Resize.Length], _ mode: Resize.Mode,
        _ coordinates: Resize.Coordinates, _ rounding: Resize.Rounding
    ) throws(ImportProblem) -> Flow {
        guard lengths.dropLast(2).allSatisfy({ $0 == .scale(1) }) else {
            throw node.lacking("along other axes than the last two")
        }
        if lengths.allSatisfy({ $0 == .scale(1) }) { return input }
        guard input.rank >= 2 else { throw node.lacking("of values with \(input.rank) axes") }
        if input.rank == 4, let kernel = whole(lengths, input.shape, mode, coordinates, rounding) {
            return try add(node, kernel, [input], kind: input.kind)
        }
        let kernel = Resize(
            mode: mode, coordinates: coordinates, rounding: rounding, rows: lengths[input.rank - 2],
            columns: lengths[input.rank - 1])
        return try add(node, kernel, [input], kind: input.kind)
    }

    /// Returns an operator for an integer factor if it gives the same values: the block of each cell must have the same centre.
    private func whole(
        _ lengths: [Resize.Length], _ shape: [Int], _ mode: Resize.Mode, _ coordinates: Resize.Coordinates,
        _ rounding: Resize.Rounding
    ) -> (any Operator)? {
        func factor(_ axis: Int) -> Int? {
            switch lengths[axis] {
            case .extent(let extent): extent % shape[axis] == 0 ? extent / shape[axis] : nil
            case .scale(let scale): scale.rounded() == scale && (1...1024).contains(scale) ? Int(scale) : nil
            }
        }
        guard let scale = factor(2), scale == factor(3), scale > 1 else { return nil }
        let isCentred = coordinates == .halfPixel || coordinates == .pytorchHalfPixel
        switch mode {
        case .nearest where coordinates == .asymmetric && rounding == .floor: return NearestUpsampling(scale: scale)
        case .nearest where isCentred && (rounding == .roundPreferFloor || rounding == .roundPreferCeil):
            return NearestUpsampling(scale: scale)
        case .linear where isCentred: return BilinearUpsampling(scale: scale)
        default: return nil
        }
    }
}
