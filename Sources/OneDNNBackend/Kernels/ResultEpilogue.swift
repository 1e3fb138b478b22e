import Graphs
import Operators
import VectorKernels

/// What our own convolutions do to their results before they store them: round them, add them to the values at the same position of another
/// map, rectify them, and round them again.
struct ResultEpilogue {
    /// What results are added to: numbers of the set's type in its layout, or bytes.
    enum Summand {
        case numbers(Memory)
        case bytes(ByteMap)

        var memory: Memory {
            switch self {
            case .numbers(let memory): memory
            case .bytes(let map): map.memory
            }
        }
    }

    /// How results are rounded before the sum.
    var rounding: vector_rounding?
    var summand: Summand?
    /// Whether negative results become zero.
    var rectifies = false
    /// How results are rounded in the end, and whether they are stored as bytes.
    var lastRounding: vector_rounding?
    var writesBytes = false

    /// The memory that it reads.
    var memories: [Memory] { [summand?.memory].compactMap { $0 } }

    /// The same with memory addresses, which are known at run time.
    func placed(into target: Memory) -> vector_finish {
        var finish = vector_finish()
        finish.target = UnsafeMutableRawPointer(target.pointer)
        finish.summand = (summand?.memory.pointer).map { UnsafeRawPointer($0) }
        if case .bytes(let map) = summand { (finish.adds_bytes, finish.summand_form) = (1, map.form) }
        if let rounding { (finish.rounds, finish.rounding) = (1, rounding) }
        finish.rectifies = rectifies ? 1 : 0
        if let lastRounding { (finish.rounds_last, finish.last_rounding) = (1, lastRounding) }
        finish.writes_bytes = writesBytes ? 1 : 0
        return finish
    }
}

extension ConvolutionKernel {
    /// Fuses the operations after a convolution that our kernels support, and allocates the result.
    ///
    /// - Parameter result: The node whose value the convolution computes; afterwards the node whose value is written.
    func fuseFollowing(_ result: inout Int, _ set: KernelSet) throws -> (finish: ResultEpilogue, target: Memory) {
        var finish = ResultEpilogue()
        let layout = try set.layout(problem.output)
        let first = try compiler.rounding(after: result)
        // If there are several dequantizations, each may have other readers.
        let value = first.map { $0.dequantizations.count == 1 ? $0.result : nil } ?? result
        var target: Memory?
        if let value, let sum = try summand(of: value, layout) {
            if let first { try compiler.absorb(first) }
            (finish.rounding, finish.summand) = (first?.numbers, sum.summand)
            compiler.absorb(sum.node)
            result = sum.node
            if case .numbers(let memory) = sum.summand, compiler.mayOverwrite(sum.other, by: sum.node) {
                target = memory
            }
        }
        if let relu = compiler.onlyReadingReLU(result) {
            compiler.absorb(relu)
            (finish.rectifies, result) = (true, relu)
        }
        let last = try compiler.rounding(after: result)
        if let last {
            try compiler.absorb(last)
            (finish.lastRounding, result) = (last.numbers, last.result)
        }
        defer { last.map { compiler.shareRounded($0) } }
        if let last, let form = last.form, try compiler.wantsBytes(last) {
            finish.writesBytes = true
            let map = ByteMap(memory: try compiler.makeTemporary(set.byteLayout(problem.output)), form: form)
            compiler.slots[result].bytes = map
            return (finish, map.memory)
        }
        let memory = try target ?? compiler.makeTemporary(layout)
        compiler.slots[result].memory = memory
        return (finish, memory)
    }

    /// The sum that is the only reader of a value in inference, and its other summand, if that has been computed already in a form that our
    /// kernels can read.
    private func summand(
        of value: Int, _ layout: Layout
    ) throws -> (node: Int, other: Int, summand: ResultEpilogue.Summand)? {
        guard let (sum, other) = compiler.sumAlone(reading: value) else { return nil }
        if let bytes = compiler.madeBytes(of: other) { return (sum, other, .bytes(bytes)) }
        guard let memory = compiler.slots[other].memory, memory.layout == layout else { return nil }
        return (sum, other, .numbers(memory))
    }
}

extension Compiler {
    /// The sum of two maps of one shape that is the only reader of a value in inference, and the other of the two.
    func sumAlone(reading value: Int) -> (sum: Int, other: Int)? {
        guard mode == .inference, let sum = onlyReader(of: value), graph.nodes[sum].operator is Add else { return nil }
        let others = inputs(of: sum).filter { $0 != value }
        guard others.count == 1, shapes[others[0]] == shapes[value] else { return nil }
        return (sum, others[0])
    }
}
