import Graphs
import Operators

extension OneDNNBackend {
    /// The precision that a graph is computed in.
    ///
    /// - Throws: ``GraphError/precision(_:)`` if the chosen precision is not available: bfloat16 is never emulated.
    public func precision(of graph: Graph) throws(GraphError) -> Precision {
        let isQuantized = graph.nodes.contains { $0.operator is QuantizeLinear || $0.operator is DequantizeLinear }
        switch precision {
        case .automatic: return isQuantized ? .int8 : computesBFloat16 ? .bfloat16 : .float32
        case .float32: return .float32
        case .bfloat16:
            guard computesBFloat16 else {
                throw .precision(
                    "this processor does not compute in bfloat16 (requires AVX-512 BF16); choose float32 or automatic")
            }
            return .bfloat16
        case .int8:
            guard isQuantized else {
                throw .precision("int8 requires a quantized network: quantize this one with 'pinpoint quantize'")
            }
            return .int8
        }
    }
}
