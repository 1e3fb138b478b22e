import CDNNL
import Graphs
import Operators

extension Concatenate: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let inputs = compiler.inputs(of: node)
        let (shape, engine) = (compiler.shapes[node], compiler.engine)
        guard inputs.allSatisfy({ !compiler.shapes[$0].contains(0) }), shape.count < Int(DNNL_MAX_NDIMS) else {
            return false
        }
        // All in bfloat16, or all in float32.
        let isHalf = try inputs.allSatisfy { try compiler.storedValue($0).layout.type != dnnl_f32 }
        let sources = try inputs.map { isHalf ? try compiler.storedValue($0) : try compiler.value($0) }
        guard
            let description = PrimitiveDescription.concatenate(
                sources.map(\.layout), axis: axis, shape: shape, on: engine)
        else { return false }
        let target = try compiler.makeValue(node, description.layout(dnnl_query_dst_md))
        var arguments = [DNNL_ARG_DST_0: target]
        for (place, source) in sources.enumerated() { arguments[DNNL_ARG_MULTIPLE_SRC + Int32(place)] = source }
        try compiler.emit(PrimitiveCall(description, arguments, on: engine))
        compiler.onBackward(node) { gradient in
            var start = 0
            for input in inputs {
                try compiler.contributePart(of: gradient, to: input, axis: axis, start: start, whole: shape)
                start += compiler.shapes[input][axis]
            }
        }
        return true
    }
}

extension Compiler {
    /// Adds the corresponding part of a gradient to the gradient of a value.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to a value of the shape `whole`.
    ///   - start: Where the part begins along `axis`.
    func contributePart(of gradient: Memory, to input: Int, axis: Int, start: Int, whole: [Int]) throws {
        guard slots[input].wantsGradient, let value = slots[input].memory else { return }
        let shape = shapes[input]
        var position = whole.map { _ in 0 }
        position[axis] = start
        let size = [taps.seedCount * shape[0]] + shape.dropFirst()
        if axis > 0, let part = try? gradient.layout.part(size, from: position) {
            try contribute(to: input, in: gradientLayout(value.layout)) {
                try .reorder(Memory(part, of: gradient, on: engine), to: $0, on: engine)
            }
            return
        }
        let plain = try converted(gradient, to: gradientLayout(.plain(whole)))
        let part = try Layout.plain([taps.seedCount] + whole).part([taps.seedCount] + shape, from: [0] + position)
        try contribute(to: input, in: gradientLayout(.plain(shape))) {
            try .reorder(
                Memory(part, of: plain, on: engine), to: Memory(.plain([taps.seedCount] + shape), of: $0, on: engine),
                on: engine)
        }
    }
}

extension PrimitiveDescription {
    /// Concatenates tensors along an axis, in the layout that suits them best; nil if oneDNN cannot.
    ///
    /// - Parameter shape: The shape of the result.
    fileprivate static func concatenate(
        _ sources: [Layout], axis: Int, shape: [Int], on engine: Engine
    ) -> PrimitiveDescription? {
        func description(_ target: Layout?) -> PrimitiveDescription? {
            try? PrimitiveDescription("pinpoint_concatenation", sources + [target], on: engine) {
                pinpoint_concatenation($0, $1, Int32(axis), Int32(sources.count), $2, $2[sources.count])
            }
        }
        let chosen = description(nil)
        // If one block holds all channels of the first source, oneDNN cannot tell the order of its axes, and may make the batch the
        // innermost axis.
        if let layout = try? chosen?.layout(dnnl_query_dst_md), !layout.isBatchOutermost,
            let usual = sources[0].resized(to: shape, where: \.isBatchOutermost), let other = description(usual)
        {
            return other
        }
        return chosen
    }
}
