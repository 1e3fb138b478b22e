import Graphs
import Operators

/// With one scale for all, numbers are quantized as they lie; with a scale a channel the reference kernel does it on plain copies.
extension QuantizeLinear: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try axis == nil && compiler.compileFlat(self, node: node)
    }
}

extension DequantizeLinear: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try axis == nil && compiler.compileFlat(self, node: node)
    }
}
