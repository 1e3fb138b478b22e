import Graphs
import Operators

/// Poolings.
extension Importer {
    func maxPooling(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        return [
            .value(
                try pooling(node) { window, ceils in
                    MaxPooling(
                        kernel: window.kernel, stride: window.stride, padding: window.before, dilation: window.dilation,
                        paddingEnd: window.after, ceilMode: ceils)
                })
        ]
    }

    func averagePooling(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let counts = try node.flag("count_include_pad")
        return [
            .value(
                try pooling(node) { window, ceils in
                    AveragePooling(
                        kernel: window.kernel, stride: window.stride, padding: window.before, dilation: window.dilation,
                        paddingEnd: window.after, ceilMode: ceils, countsPadding: counts)
                })
        ]
    }

    private func pooling<Kernel: Graphs.Operator>(
        _ node: ImportedNode, _ make: (WindowAttributes, Bool) -> Kernel
    ) throws(ImportProblem) -> Flow {
        let input = try flow(node, 0)
        let ceils = try node.flag("ceil_mode")
        if input.rank == 3 {
            let wide = try node.withRow()
            return try asMap(input, node) { map throws(ImportProblem) in
                let window = try WindowAttributes(wide, kernel: nil, input: map.shape)
                return try self.add(part: "row", of: node, make(window, ceils), [map])
            }
        }
        let window = try WindowAttributes(node, kernel: nil, input: input.shape)
        return try add(node, make(window, ceils), [input], kind: input.kind)
    }

    func globalAveragePooling(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        if input.rank == 4 { return [.value(try add(node, GlobalAveragePooling(), [input]))] }
        return [.value(try overPositions(node, .mean, input))]
    }

    func globalMaxPooling(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        [.value(try overPositions(node, .max, try flow(node, 0)))]
    }

    private func overPositions(
        _ node: ImportedNode, _ function: Reduction.Function, _ input: Flow
    ) throws(ImportProblem) -> Flow {
        guard input.rank > 2 else { throw node.malformed("its input \(input.shape) has no spatial axes") }
        return try add(node, Reduction(function, axes: Array(2..<input.rank), keepsAxes: true), [input])
    }
}
