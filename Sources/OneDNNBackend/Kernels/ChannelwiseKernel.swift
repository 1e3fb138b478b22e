import Graphs
import Operators
import Tensors

extension Arithmetic: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let inputs = compiler.inputs(of: node)
        if compiler.shapes[inputs[0]] == compiler.shapes[inputs[1]] {
            return try compiler.compileFlat(self, node: node)
        }
        // The map must be the left operand.
        guard function == .subtract || function == .divide, compiler.shapes[inputs[0]] == compiler.shapes[node],
            let kernel = try ChannelwiseKernel(node: node, compiler), !kernel.wantsNumbersGradient
        else { return false }
        try kernel.compile(function == .subtract ? .difference : .quotient)
        return true
    }
}

/// Arithmetic between maps and one number per channel, `[batch, channel, …]` with `[batch or 1, channel, 1, …]`, or a single number: the
/// last step of squeeze and excitation (Hu et al., arXiv:1709.01507). oneDNN 2.6 has no fast kernel for it in layouts with groups of
/// channels.
struct ChannelwiseKernel {
    private let compiler: Compiler
    private let node: Int
    /// The input that is a map, and the one that holds the numbers.
    private let map, number: Int
    private let source: Memory
    private let loops: ChannelwiseLoops

    /// Returns nil if the shapes are broadcast in other ways, or the map is in plain layout, in which the reference kernel is just as fast.
    init?(node: Int, _ compiler: Compiler) throws {
        let inputs = compiler.inputs(of: node)
        let shape = compiler.shapes[node]
        guard let map = inputs.first(where: { compiler.shapes[$0] == shape }),
            let number = inputs.first(where: { $0 != map }), shape.count >= 2
        else { return nil }
        let numberShape = compiler.shapes[number]
        let padded = [Int](repeating: 1, count: shape.count - numberShape.count) + numberShape
        guard padded.dropFirst(2).allSatisfy({ $0 == 1 }) else { return nil }
        source = try compiler.value(map)
        guard let blocks = try ChannelBlocks(source.layout, shape: shape), blocks.width > 1 else { return nil }
        loops = ChannelwiseLoops(
            numbers: try compiler.value(number, in: .plain(numberShape)), blocks: blocks,
            strides: (padded[0] == 1 ? 0 : padded[1], padded[1] == 1 ? 0 : 1))
        (self.compiler, self.node, self.map, self.number) = (compiler, node, map, number)
    }

    /// The operation on a map and a number.
    enum Function {
        case sum, product
        /// Without a gradient with respect to the numbers.
        case difference, quotient
    }

    /// Whether the gradient with respect to the numbers is needed.
    var wantsNumbersGradient: Bool { compiler.slots[number].wantsGradient }

    func compile(_ function: Function) throws {
        let target = try compiler.makeValue(node, source.layout)
        let (kernel, source, loops) = ("channelwise", source, loops)
        let (numbers, blocks) = (loops.numbers, loops.blocks)
        compiler.emit(kernel, on: [source, numbers, target]) {
            loops.combine(source.pointer, into: target.pointer, function)
        }
        compiler.onBackward(node) { [compiler, map, number] gradient in
            let layout = try compiler.gradientLayout(source.layout)
            let slope = try compiler.converted(gradient, to: layout)
            let seedCount = compiler.taps.seedCount
            if compiler.slots[map].wantsGradient {
                var part = slope
                if function == .product || function == .quotient {
                    part = try compiler.makeTemporary(layout)
                    compiler.emit(kernel, on: [slope, numbers, part]) { [part] in
                        for seed in 0..<seedCount {
                            let start = seed * blocks.count
                            loops.combine(slope.pointer + start, into: part.pointer + start, function)
                        }
                    }
                }
                try compiler.contribute(part, to: map)
            }
            if compiler.slots[number].wantsGradient {
                let part = try compiler.makeTemporary(compiler.gradientLayout(numbers.layout))
                let count = numbers.layout.floatCount
                compiler.emit("sums of channels", on: [slope, source, part]) {
                    for seed in 0..<seedCount {
                        loops.sum(
                            slope.pointer + seed * blocks.count, times: function == .product ? source.pointer : nil,
                            into: part.pointer + seed * count)
                    }
                }
                try compiler.contribute(part, to: number)
            }
        }
    }
}

/// The loops, which hold nothing but memory, since a program's operations retain them.
private struct ChannelwiseLoops {
    let numbers: Memory
    let blocks: ChannelBlocks
    /// The distance between the numbers of two images, and of two channels.
    let strides: (image: Int, channel: Int)

    typealias Function = ChannelwiseKernel.Function

    func combine(_ from: UnsafePointer<Float>, into to: UnsafeMutablePointer<Float>, _ function: Function) {
        if blocks.width == 16 {
            combine(from, into: to, function, SIMD16<Float>.self)
        } else {
            combine(from, into: to, function, SIMD8<Float>.self)
        }
    }

    @inline(__always)
    private func combine<Lanes: SIMD>(
        _ from: UnsafePointer<Float>, into to: UnsafeMutablePointer<Float>, _ function: Function, _ type: Lanes.Type
    ) where Lanes.Scalar == Float {
        blocks.forEachGroup { image, channels, start in
            // The padding of the last group is zero, and stays zero.
            var lanes = Lanes(repeating: function == .quotient ? 1 : 0)
            for (lane, channel) in channels.enumerated() {
                let number = numbers.pointer[image * strides.image + channel * strides.channel]
                lanes[lane] = function == .difference ? -number : number
            }
            let source = UnsafeRawPointer(from + start).assumingMemoryBound(to: Lanes.self)
            let target = UnsafeMutableRawPointer(to + start).assumingMemoryBound(to: Lanes.self)
            switch function {
            case .sum, .difference: for cell in 0..<blocks.area { target[cell] = source[cell] + lanes }
            case .product: for cell in 0..<blocks.area { target[cell] = source[cell] * lanes }
            case .quotient: for cell in 0..<blocks.area { target[cell] = source[cell] / lanes }
            }
        }
    }

    /// The gradient with respect to the numbers; image by image, since several images may share a number.
    func sum(
        _ slope: UnsafePointer<Float>, times factors: UnsafePointer<Float>?, into sums: UnsafeMutablePointer<Float>
    ) {
        sums.update(repeating: 0, count: numbers.layout.floatCount)
        for image in 0..<blocks.batch {
            for channel in 0..<blocks.channels {
                let group = (image * blocks.groups + channel / blocks.width) * blocks.width * blocks.area
                let start = group + channel % blocks.width
                // In double precision: a map may have more cells than float can count.
                var total = 0.0
                for cell in 0..<blocks.area {
                    let place = start + cell * blocks.width
                    total += Double(factors.map { $0[place] * slope[place] } ?? slope[place])
                }
                sums[image * strides.image + channel * strides.channel] += Float(total)
            }
        }
    }
}
