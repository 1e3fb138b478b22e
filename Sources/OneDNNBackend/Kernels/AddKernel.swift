import CDNNL
import Graphs
import Operators

extension Add: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let inputs = compiler.inputs(of: node)
        guard compiler.shapes[inputs[0]] == compiler.shapes[inputs[1]] else {
            return try ChannelwiseKernel(node: node, compiler)?.compile(.sum) != nil
        }
        let engine = compiler.engine
        let left = try compiler.storedValue(inputs[0])
        let right = try compiler.value(inputs[1], in: left.layout)
        let reader = compiler.onlyReadingReLU(node)
        if let reader { compiler.absorb(reader) }
        let (result, isFused) = (reader ?? node, reader != nil)
        let target: Memory
        if inputs[0] != inputs[1] && compiler.mayOverwrite(inputs[0], by: node) {
            target = left
            compiler.slots[result].memory = left
        } else {
            target = try compiler.makeValue(result, left.layout)
        }
        compiler.slots[result].isReadBackward = isFused
        try compiler.emit(.add(left, right, into: target, relu: isFused, on: engine))
        compiler.onBackward(result) { gradient in
            let slope =
                isFused
                ? try compiler.through(.relu, gradient, result: target)
                : try compiler.converted(gradient, to: compiler.gradientLayout(target.layout))
            for input in inputs { try compiler.contribute(slope, to: input) }
        }
        return true
    }
}
