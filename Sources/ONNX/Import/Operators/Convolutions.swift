import Graphs
import Operators
import Tensors

/// Convolutions and transposed convolutions.
extension Importer {
    func convolution(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let weight = try node.required(1)
        if case .literal(let known) = weight, known.isSame, let bias = try channelBias(node, 2) {
            return [.value(try convolution(node, input, weight: known.literal.tensor, bias: bias.tensor))]
        }
        // The weight or the bias is computed, so both become values of the graph.
        let kernel = try flow(node, 1)
        guard kernel.rank == 4, input.rank == 4 else {
            throw node.lacking("over \(kernel.rank - 2) axes with a computed weight")
        }
        let window = try WindowAttributes(node, kernel: Array(kernel.shape.suffix(2)), input: input.shape)
        let groups = try positive(node, "group")
        var inputs = [try evenlyPadded(input, node, window), kernel]
        if node.has(2) { inputs.append(try flow(node, 2)) }
        let padding = window.before == window.after ? window.before : 0
        let kind = Correlation(
            stride: window.stride, padding: padding, dilation: window.dilation, groups: groups)
        return [.value(try add(node, kind, inputs))]
    }

    private func convolution(
        _ node: ImportedNode, _ input: Flow, weight: Tensor, bias: Tensor?
    ) throws(ImportProblem) -> Flow {
        if weight.shape.count == 3, input.rank == 3 {
            return try sequence(node, input, weight: weight) { node, map, weight throws(ImportProblem) in
                try self.mapConvolution(node, map, weight: weight, bias: bias, part: "row")
            }
        }
        return try mapConvolution(node, input, weight: weight, bias: bias, part: nil)
    }

    /// Applies a step for maps to a sequence: weight and attributes get a row axis.
    private func sequence(
        _ node: ImportedNode, _ input: Flow, weight: Tensor,
        _ step: (ImportedNode, Flow, Tensor) throws(ImportProblem) -> Flow
    ) throws(ImportProblem) -> Flow {
        let weight = weight.reshaped([weight.shape[0], weight.shape[1], 1, weight.shape[2]])
        let wide = try node.withRow()
        return try asMap(input, node) { map throws(ImportProblem) in try step(wide, map, weight) }
    }

    private func mapConvolution(
        _ node: ImportedNode, _ input: Flow, weight: Tensor, bias: Tensor?, part: String?
    ) throws(ImportProblem) -> Flow {
        guard weight.shape.count == 4, input.rank == 4 else {
            throw node.lacking("over \(weight.shape.count - 2) axes of a value with \(input.rank) axes")
        }
        let window = try WindowAttributes(node, kernel: Array(weight.shape.suffix(2)), input: input.shape)
        let groups = try positive(node, "group")
        let (outputs, inputs) = (weight.shape[0], weight.shape[1] * groups)
        guard weight.count > 0, outputs % groups == 0, bias.map({ $0.count == outputs }) ?? true else {
            throw node.malformed("its weight \(weight.shape) and bias do not fit \(groups) groups")
        }
        let padding = window.before == window.after ? window.before : 0
        let kind = Convolution(
            inputChannels: inputs, outputChannels: outputs, kernel: window.kernel, stride: window.stride,
            padding: padding, dilation: window.dilation, groups: groups, bias: bias != nil)
        let values = ["weight": weight, "bias": bias?.reshaped([outputs])].compactMapValues { $0 }
        let source = try evenlyPadded(input, node, window)
        if let part { return try add(part: part, of: node, kind, [source], parameters: values) }
        return try add(node, kind, [source], parameters: values)
    }

    /// Kernels pad both sides equally; other paddings become a separate node.
    private func evenlyPadded(
        _ input: Flow, _ node: ImportedNode, _ window: WindowAttributes
    ) throws(ImportProblem) -> Flow {
        if window.before == window.after { return input }
        return try padded(input, node, before: window.before, after: window.after, value: 0)
    }

    /// Returns the bias per channel: `.some(nil)` for none, nil if it is computed.
    func channelBias(_ node: ImportedNode, _ index: Int) throws(ImportProblem) -> ChannelValues? {
        switch node.operand(index) {
        case nil: return ChannelValues(tensor: nil)
        case .literal(let known)? where known.isSame: return ChannelValues(tensor: known.literal.tensor)
        default: return nil
        }
    }

    struct ChannelValues { let tensor: Tensor? }

    func positive(_ node: ImportedNode, _ name: String) throws(ImportProblem) -> Int {
        try node.bounded([try node.integer(name, default: 1)], in: 1...1 << 20, name)[0]
    }

    func transposedConvolution(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let known = try node.known(1, "weight"), let bias = try channelBias(node, 2) else {
            throw node.lacking("with a computed weight or bias")
        }
        let weight = known.literal.tensor
        if weight.shape.count == 3, input.rank == 3 {
            let flow = try sequence(node, input, weight: weight) { node, map, weight throws(ImportProblem) in
                try self.transposed(node, map, weight: weight, bias: bias.tensor, part: "row")
            }
            return [.value(flow)]
        }
        return [.value(try transposed(node, input, weight: weight, bias: bias.tensor, part: nil))]
    }

    private func transposed(
        _ node: ImportedNode, _ input: Flow, weight: Tensor, bias: Tensor?, part: String?
    ) throws(ImportProblem) -> Flow {
        guard weight.shape.count == 4, input.rank == 4 else {
            throw node.lacking("over \(weight.shape.count - 2) axes of a value with \(input.rank) axes")
        }
        let groups = try positive(node, "group")
        let (inputs, outputs) = (weight.shape[0], weight.shape[1] * groups)
        guard weight.count > 0, inputs % groups == 0, bias.map({ $0.count == outputs }) ?? true else {
            throw node.malformed("its weight \(weight.shape) and bias do not fit \(groups) groups")
        }
        var window = try WindowAttributes(node, kernel: Array(weight.shape.suffix(2)), input: input.shape)
        let extra = try node.bounded(
            try node.integers("output_padding") ?? [0, 0], in: 0...1 << 20, "output_padding")
        guard extra.count == 2 else { throw node.malformed("invalid output_padding: \(extra)") }
        let full = Extent(
            Self.covered(input.shape[2], window.kernel.rows, window.stride.rows, window.dilation.rows, extra[0]),
            Self.covered(
                input.shape[3], window.kernel.columns, window.stride.columns, window.dilation.columns, extra[1]))
        let missing = try choosePads(node, &window, full: full, input: input.shape)
        func convolution(_ padding: Extent, extra: Extent, bias: Bool) -> TransposedConvolution {
            TransposedConvolution(
                inputChannels: inputs, outputChannels: outputs, kernel: window.kernel, stride: window.stride,
                padding: padding, outputPadding: extra, dilation: window.dilation, groups: groups, bias: bias)
        }
        let values = ["weight": weight, "bias": bias?.reshaped([outputs])].compactMapValues { $0 }
        let outputPadding = Extent(extra[0] + missing.rows, extra[1] + missing.columns)
        if window.before == window.after, missing == 0 || isOutputPadding(outputPadding, window) {
            let kernel = convolution(window.before, extra: outputPadding, bias: bias != nil)
            if let part { return try add(part: part, of: node, kernel, [input], parameters: values) }
            return try add(node, kernel, [input], parameters: values)
        }
        // The sides are cropped differently, or extended further than the operator can: the full result is computed, then changed. What
        // is added has only the bias, so the bias comes last there.
        let isLate = bias != nil && missing != 0
        let whole = try add(
            part: "whole", of: node,
            convolution(0, extra: Extent(extra[0], extra[1]), bias: bias != nil && !isLate), [input],
            parameters: isLate ? ["weight": weight] : values)
        let crop = Padding(
            before: [0, 0, -window.before.rows, -window.before.columns],
            after: [0, 0, missing.rows - window.after.rows, missing.columns - window.after.columns],
            mode: .constant(0))
        guard isLate, let bias else {
            return part == nil ? try add(node, crop, [whole]) : try add(part: "cut", of: node, crop, [whole])
        }
        let cut = try add(part: "cut", of: node, crop, [whole])
        let shift = try constant(Known(Literal(bias.reshaped([1, outputs, 1, 1]))), name: "", at: node)
        return part == nil
            ? try add(node, Add(), [cut, shift]) : try add(part: "shifted", of: node, Add(), [cut, shift])
    }

    private func isOutputPadding(_ extra: Extent, _ window: WindowAttributes) -> Bool {
        extra.rows < max(window.stride.rows, window.dilation.rows)
            && extra.columns < max(window.stride.columns, window.dilation.columns)
    }

    private static func covered(_ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ extra: Int) -> Int {
        (extent - 1) * stride + dilation * (kernel - 1) + 1 + extra
    }

    /// Chooses how much a transposed convolution is cropped on each side when the file gives the size of its result.
    ///
    /// - Returns: The rows and columns that are missing after the last ones when the result is to be larger than the strides and the kernel
    ///   give: zeros, or the bias.
    private func choosePads(
        _ node: ImportedNode, _ window: inout WindowAttributes, full: Extent, input: [Int]
    ) throws(ImportProblem) -> Extent {
        let mode = try node.string("auto_pad", default: "NOTSET")
        var target = try node.integers("output_shape").map { Array($0.suffix(2)) }
        if target == nil, mode.hasPrefix("SAME") {
            target = [input[2] * window.stride.rows, input[3] * window.stride.columns]
        }
        guard let target else { return 0 }
        guard target.count == 2 else { throw node.malformed("invalid output_shape: \(target)") }
        _ = try node.bounded(target, in: 0...1 << 20, "output_shape")
        let lost = [max(0, full.rows - target[0]), max(0, full.columns - target[1])]
        _ = try node.bounded(lost, in: 0...1 << 20, "pads for output_shape")
        let less = Extent(lost[0] / 2, lost[1] / 2)
        let more = Extent(lost[0] - lost[0] / 2, lost[1] - lost[1] / 2)
        (window.before, window.after) = mode == "SAME_UPPER" ? (less, more) : (more, less)
        return Extent(max(0, target[0] - full.rows), max(0, target[1] - full.columns))
    }
}

extension ImportedNode {
    /// Returns the same node for maps of one row instead of sequences.
    func withRow() throws(ImportProblem) -> ImportedNode {
        var attributes = self.attributes
        let neutral: [String: [Int64]] = [
            "kernel_shape": [1], "strides": [1], "dilations": [1], "output_padding": [0], "output_shape": [1],
        ]
        for (name, first) in neutral {
            if var values = attributes[name] {
                values.ints = first + values.ints
                attributes[name] = values
            }
        }
        if var pads = attributes["pads"] {
            guard pads.ints.count == 2 else { throw malformed("invalid pads: \(pads.ints.prefix(16))") }
            pads.ints = [0, pads.ints[0], 0, pads.ints[1]]
            attributes["pads"] = pads
        }
        return ImportedNode(
            name: name, kind: kind, inputs: inputs, outputs: outputs, attributes: attributes, opset: opset,
            scope: scope, operands: operands)
    }
}
