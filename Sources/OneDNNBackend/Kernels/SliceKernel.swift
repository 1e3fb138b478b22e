import CDNNL
import Graphs
import Operators
import Tensors

extension Slice: AcceleratedOperator {
    /// Ranges with step 1 are a part of the input's memory, whose layout they keep.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        let (inputShape, shape, engine) = (compiler.shapes[input], compiler.shapes[node], compiler.engine)
        guard ranges.allSatisfy({ $0.step == 1 }), !shape.contains(0), !shape.isEmpty,
            // Batches of gradients are concatenated along the first axis.
            compiler.taps.seedCount == 1 || shape[0] == inputShape[0]
        else { return false }
        let start = start(in: inputShape)
        var source = try compiler.storedValue(input)
        let type = source.layout.type
        let plain = try Layout.plain(inputShape, type: type)
        var part = try? source.layout.part(shape, from: start)
        if part == nil {
            source = try compiler.value(input, in: plain)
            part = try plain.part(shape, from: start)
        }
        guard let part else { return false }
        let packed = source.layout == plain ? nil : source.layout.resized(to: shape)
        let target = try compiler.makeValue(node, packed ?? .plain(shape, type: type))
        try compiler.emit(.reorder(Memory(part, of: source, on: engine), to: target, on: engine), "slice")
        compiler.onBackward(node) { gradient in
            let seedCount = compiler.taps.seedCount
            let whole = try compiler.makeTemporary(compiler.gradientLayout(source.layout))
            let part = try whole.layout.part([seedCount * shape[0]] + shape.dropFirst(), from: start)
            compiler.emit("zeros", on: [whole]) {
                Parallel.forRanges(whole.layout.floatCount) { range in
                    (whole.pointer + range.lowerBound).update(repeating: 0, count: range.count)
                }
            }
            try compiler.emit(.reorder(gradient, to: Memory(part, of: whole, on: engine), on: engine), "slice")
            try compiler.contribute(whole, to: input)
        }
        return true
    }
}
