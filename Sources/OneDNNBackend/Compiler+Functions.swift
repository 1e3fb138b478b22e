import Graphs
import Operators

/// Elementwise functions that are fused into other kernels.
extension Compiler {
    /// The function that is the only reader of a value, and the nodes that then need no operations of their own; the last of them is the
    /// result. With gradients, only functions whose gradient can be computed from the result.
    func onlyReadingFunction(_ node: Int) -> (function: EltwiseFunction, nodes: [Int])? {
        if let reader = onlyReader(of: node), let function = EltwiseFunction(graph.nodes[reader].operator),
            !mode.hasGradients || function.isKnownByResult, !(function.isFlatSomewhere && mayBeInfinite[reader])
        {
            return (function, [reader])
        }
        guard mode == .inference, slots[node].readers.count == 2, !slots[node].isOutput,
            let (sigmoid, product) = productWithSigmoid(of: node)
        else { return nil }
        return (.swish, [sigmoid, product])
    }

    /// The sigmoid of a value, if its only use is the product with the value itself: SiLU as exporters write it.
    func productWithSigmoid(of value: Int) -> (sigmoid: Int, product: Int)? {
        for sigmoid in slots[value].readers where graph.nodes[sigmoid].operator is Sigmoid {
            if let product = onlyReader(of: sigmoid), graph.nodes[product].operator is Multiply,
                Set(inputs(of: product)) == [value, sigmoid]
            {
                return (sigmoid, product)
            }
        }
        return nil
    }

    /// Propagates a gradient back through a function that a kernel fused into `result`.
    func through(_ function: EltwiseFunction, _ gradient: Memory, result: Memory) throws -> Memory {
        let results = try repeatedForGradients(result)
        let slope = try converted(gradient, to: results.layout)
        let passed = try makeTemporary(results.layout)
        try emit(function.gradient(slope, data: results, into: passed, on: engine))
        return passed
    }
}
