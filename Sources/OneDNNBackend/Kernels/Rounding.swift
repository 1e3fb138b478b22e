import CDNNL
import Graphs
import Operators
import Tensors
import VectorKernels

/// A value's quantization and the dequantizations that are its only readers: rounding to the numbers that 8-bit integers with one scale
/// represent.
struct Rounding {
    /// The nodes, none of which needs operations of its own.
    let quantization: Int
    let dequantizations: [Int]
    let numbers: vector_rounding

    /// The node whose value is the rounded value.
    var result: Int { dequantizations[0] }

    /// The bytes that represent such numbers; nil if zero is not among them, or there are too many.
    var form: byte_form? { numbers.form }
}

extension Compiler {
    /// The rounding that a node's only reader begins, if the program fuses roundings.
    func rounding(after node: Int) throws -> Rounding? {
        guard let reader = onlyReader(of: node), graph.nodes[reader].operator is QuantizeLinear else { return nil }
        return try rounding(by: reader)
    }

    /// The rounding that a quantization begins; nil if its integers have other readers, or scales differ between elements.
    func rounding(by quantization: Int) throws -> Rounding? {
        guard precision == .int8, mode == .inference, kernelSet != nil,
            let operation = graph.nodes[quantization].operator as? QuantizeLinear, operation.axis == nil,
            !slots[quantization].isOutput, !slots[quantization].readers.isEmpty
        else { return nil }
        let numbers = try scale(quantization)
        let readers = slots[quantization].readers
        for reader in readers {
            guard let inverse = graph.nodes[reader].operator as? DequantizeLinear, inverse.axis == nil,
                try scale(reader) == numbers
            else { return nil }
        }
        let (scale, zero) = numbers
        return Rounding(
            quantization: quantization, dequantizations: readers,
            numbers: vector_rounding(
                scale: scale, lowest: Float(operation.integers.range.lowerBound) - zero,
                highest: Float(operation.integers.range.upperBound) - zero, step: scale))
    }

    /// Declares that another node's kernel rounds its result, which becomes the value of ``Rounding/result``.
    func absorb(_ rounding: Rounding) throws {
        absorb(rounding.quantization)
        for node in rounding.dequantizations {
            absorb(node)
            slots[node].rounding = rounding.numbers
        }
        for node in [rounding.quantization] + rounding.dequantizations {
            // The closure must not retain this compiler, which retains it.
            let name = graph.nodes[node].name
            let (scale, zero) = try (parameter(node, 0).value, parameter(node, 1).value)
            let known = (scale.pointer[0], zero.pointer[0])
            prepare("rounding") {
                guard (scale.pointer[0], zero.pointer[0]) == known else {
                    throw GraphError.precision("the scale or zero point of '\(name)' has changed: compile again")
                }
            }
        }
    }

    /// Makes all dequantizations share the rounded value.
    func shareRounded(_ rounding: Rounding) {
        for node in rounding.dequantizations.dropFirst() {
            slots[node].memory = slots[rounding.result].memory
            slots[node].viewed = rounding.result
            slots[rounding.result].views.append(node)
        }
    }

    private func scale(_ node: Int) throws(GraphError) -> (scale: Float, zero: Float) {
        (try parameter(node, 0).value.pointer[0], try parameter(node, 1).value.pointer[0])
    }
}

/// Roundings that no kernel of ours fuses are computed in the current layout, in place if possible: the padding of blocks stays zero. (If
/// several functions are fused, oneDNN 2.6 uses the arguments of the first for all.)
extension QuantizeLinear: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        guard let rounding = try compiler.rounding(by: node), let set = compiler.kernelSet else {
            // With a single scale, numbers are quantized in the current layout; with one scale per channel, the reference kernel does it on
            // plain copies.
            return try axis == nil && compiler.compileFlat(self, node: node)
        }
        let input = compiler.input(of: node)
        let source = try compiler.storedValue(input)
        try compiler.absorb(rounding)
        defer { compiler.shareRounded(rounding) }
        if let form = rounding.form, try compiler.wantsBytes(rounding) {
            compiler.slots[rounding.result].bytes = try compiler.bytes(of: source, rounding.numbers, form, set)
            return true
        }
        let target =
            compiler.mayOverwrite(input, by: node) ? source : try compiler.makeValue(rounding.result, source.layout)
        compiler.slots[rounding.result].memory = target
        compiler.emitRounding(source, into: target, rounding.numbers, set)
        return true
    }
}

extension Compiler {
    /// Appends the rounding of all elements, in the current layout.
    func emitRounding(_ source: Memory, into target: Memory, _ numbers: vector_rounding, _ set: KernelSet) {
        let (round, size) = set.rounding(of: source.layout.type)
        let count = source.layout.byteCount / size
        emit("rounding:\(set)", on: [source, target]) {
            nonisolated(unsafe) let (from, to) = (
                UnsafeRawPointer(source.pointer), UnsafeMutableRawPointer(target.pointer)
            )
            Parallel.forRanges(count) { range in
                withUnsafePointer(to: numbers) {
                    round($0, from + range.lowerBound * size, to + range.lowerBound * size, range.count)
                }
            }
        }
    }
}

extension DequantizeLinear: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try axis == nil && compiler.compileFlat(self, node: node)
    }
}
