import Graphs
import Operators

/// Functions of each number that other kernels do on the way.
extension Compiler {
    /// What is applied to a value before anybody else sees it, with the nodes that then need no operations of their own; the last of
    /// them is the result. With gradients only functions whose own can be told from the result.
    func onlyReadingFunction(_ node: Int) -> (function: EltwiseFunction, nodes: [Int])? {
        if let reader = onlyReader(of: node), let function = EltwiseFunction(graph.nodes[reader].operator),
            !mode.hasGradients || function.isKnownByResult
        {
            return (function, [reader])
        }
        guard mode == .inference, slots[node].readers.count == 2, !slots[node].isOutput,
            let (sigmoid, product) = productWithSigmoid(of: node)
        else { return nil }
        return (.swish, [sigmoid, product])
    }

    /// The sigmoid of a value that is there for one product only, that with the value itself: a SiLU as it is exported.
    func productWithSigmoid(of value: Int) -> (sigmoid: Int, product: Int)? {
        for sigmoid in slots[value].readers where graph.nodes[sigmoid].operator is Sigmoid {
            if let product = onlyReader(of: sigmoid), graph.nodes[product].operator is Multiply,
                Set(graph.nodes[product].inputs.map(\.index)) == [value, sigmoid]
            {
                return (sigmoid, product)
            }
        }
        return nil
    }

    /// The gradient before a function that a kernel applied on the way to `result`.
    func through(_ function: EltwiseFunction, _ gradient: Memory, result: Memory) throws -> Memory {
        let results = try besideGradients(result)
        let slope = try converted(gradient, to: results.layout)
        let passed = try makeTemporary(results.layout)
        try emit(function.gradient(slope, data: results, into: passed, on: engine))
        return passed
    }
}
