import Graphs
import Operators

extension OneDNNBackend {
    /// What a graph is computed with.
    ///
    /// - Throws: ``GraphError/precision(_:)`` where what is asked for cannot be had: bfloat16 is emulated nowhere.
    public func precision(of graph: Graph) throws(GraphError) -> Precision {
        let isQuantized = graph.nodes.contains { $0.operator is QuantizeLinear || $0.operator is DequantizeLinear }
        switch precision {
        case .automatic: return isQuantized ? .int8 : computesBFloat16 ? .bfloat16 : .float32
        case .float32: return .float32
        case .bfloat16:
            guard computesBFloat16 else {
                throw .precision(
                    "this processor does not compute in bfloat16 (AVX-512 BF16 is needed); choose float32 or automatic")
            }
            return .bfloat16
        case .int8:
            guard isQuantized else {
                throw .precision("int8 is for quantized networks: 'pinpoint quantize' makes one of this one")
            }
            return .int8
        }
    }
}
