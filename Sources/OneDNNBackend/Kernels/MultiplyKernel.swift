import CDNNL
import Graphs
import Operators

extension Multiply: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let inputs = compiler.inputs(of: node)
        guard compiler.shapes[inputs[0]] == compiler.shapes[inputs[1]] else {
            return try ChannelwiseKernel(node: node, compiler)?.compile(.product) != nil
        }
        let engine = compiler.engine
        let left = try compiler.storedValue(inputs[0])
        let right = try compiler.value(inputs[1], in: left.layout)
        let target = try compiler.makeValue(node, left.layout)
        try compiler.emit(.multiply(left, right, into: target, on: engine))
        compiler.onBackward(node) { gradient in
            let layout = try compiler.gradientLayout(target.layout)
            let slope = try compiler.converted(gradient, to: layout)
            for (input, factor) in [(inputs[0], right), (inputs[1], left)] where compiler.slots[input].wantsGradient {
                let factors = try compiler.repeatedForGradients(factor)
                try compiler.contribute(to: input, in: layout) {
                    try .multiply(slope, factors, into: $0, on: engine)
                }
            }
        }
        return true
    }
}
