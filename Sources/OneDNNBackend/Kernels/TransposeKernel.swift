import CDNNL
import Graphs
import Operators

extension Transpose: AcceleratedOperator {
    /// A single reorder, from any layout of the input.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        let (shape, engine) = (compiler.shapes[node], compiler.engine)
        let source = try compiler.value(input)
        // A batch of gradients requires one more axis.
        guard (1..<Int(DNNL_MAX_NDIMS)).contains(axes.count), !shape.contains(0),
            let permuted = try? source.layout.permuted(axes)
        else { return false }
        let target = try compiler.makeValue(node, .plain(shape))
        try compiler.emit(.reorder(Memory(permuted, of: source, on: engine), to: target, on: engine), "transpose")
        compiler.onBackward(node) { gradient in
            let seedCount = compiler.taps.seedCount
            let permuted = try Layout.plain([seedCount] + compiler.shapes[input]).permuted([0] + axes.map { $0 + 1 })
            let slope = try Memory(.plain([seedCount] + shape), of: gradient, on: engine)
            try compiler.contribute(to: input, in: compiler.gradientLayout(.plain(compiler.shapes[input]))) {
                try .reorder(slope, to: Memory(permuted, of: $0, on: engine), on: engine)
            }
        }
        return true
    }
}
