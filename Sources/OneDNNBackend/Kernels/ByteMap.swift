import CDNNL
import Graphs
import Operators
import Tensors
import VectorKernels

/// A quantized map as bytes, in the blocks of our own kernels: a quarter of the memory, and the form in which they multiply.
///
/// The kernel that computes a rounded value writes bytes if any reader multiplies bytes; for all other readers, the bytes are converted.
struct ByteMap {
    /// `[image, channel, row, column]`.
    let memory: Memory
    let form: byte_form
}

extension vector_rounding {
    /// The bytes that represent such numbers; nil if zero is not among them, or there are too many.
    var form: byte_form? {
        guard lowest <= 0, highest >= 0, highest - lowest <= 255 else { return nil }
        return byte_form(scale: scale, zero: Int32(-lowest))
    }
}

extension Compiler {
    /// Whether a reader multiplies a rounded value's bytes.
    func wantsBytes(_ node: Int) throws -> Bool {
        guard shapes[node].count == 4 else { return false }
        let root = slots[node].viewed ?? node
        for reader in ([root] + slots[root].views).flatMap({ slots[$0].readers }) {
            switch graph.nodes[reader].operator {
            case is any AcceleratedConvolution: if try IntegerConvolution.suits(reader, self) { return true }
            case let pooling as MaxPooling: if try pooling.takesBytes(reader, self) { return true }
            case is Add: if try sumWantsBytes(reader) { return true }
            default: break
            }
        }
        return false
    }

    /// Whether a reader multiplies the bytes that a sum is rounded to.
    private func sumWantsBytes(_ sum: Int) throws -> Bool {
        guard graph.nodes[sum].inputs.allSatisfy({ shapes[$0.index] == shapes[sum] }),
            let rounding = try rounding(after: onlyReadingReLU(sum) ?? sum), rounding.form != nil
        else { return false }
        return try wantsBytes(rounding)
    }

    /// Whether a reader multiplies the bytes that values are rounded to.
    func wantsBytes(_ rounding: Rounding) throws -> Bool {
        try rounding.dequantizations.contains { try wantsBytes($0) }
    }

    /// Whether a value was rounded to numbers that bytes represent.
    func hasBytes(_ node: Int) -> Bool {
        kernelSet != nil && shapes[node].count == 4 && slots[node].rounding?.form != nil
    }

    /// The existing bytes of a value; nil if there are none, or the value is a view of them with other extents.
    func madeBytes(of node: Int) -> ByteMap? {
        guard let bytes = slots[slots[node].viewed ?? node].bytes, bytes.memory.layout.shape == shapes[node] else {
            return nil
        }
        return bytes
    }

    /// A rounded value's bytes; nil if it has none.
    func bytes(of node: Int) throws -> ByteMap? {
        if let bytes = madeBytes(of: node) { return bytes }
        let slot = slots[slots[node].viewed ?? node]
        guard hasBytes(node), let set = kernelSet, let rounding = slots[node].rounding, let form = rounding.form else {
            return nil
        }
        slot.bytes = try bytes(of: storedValue(node), rounding, form, set)
        return slot.bytes
    }

    /// Appends the rounding of numbers to bytes.
    func bytes(of source: Memory, _ rounding: vector_rounding, _ form: byte_form, _ set: KernelSet) throws -> ByteMap {
        let shape = source.layout.shape
        let target = try makeTemporary(set.byteLayout(shape))
        if try shape[1] <= set.lanes && source.layout == .plain(shape) {
            emitPlainBytes(source, rounding, into: target, set)
            return ByteMap(memory: target, form: form)
        }
        // Numbers that are more precise than the set's type are rounded directly.
        let isFloat = source.layout.type == dnnl_f32
        let cells = try converted(source, to: set.layout(shape, type: isFloat ? dnnl_f32 : set.cellType))
        var finish = vector_finish()
        (finish.rounds_last, finish.last_rounding, finish.writes_bytes) = (1, rounding, 1)
        let (template, functions) = (finish, isFloat ? set.integerOfFloats : set.integer)
        let size = isFloat ? 4 : set.cellSize
        emit("bytes:\(set)", on: [cells, target]) { [lanes = set.lanes] in
            nonisolated(unsafe) let (from, to) = (
                UnsafeRawPointer(cells.pointer), UnsafeMutableRawPointer(target.pointer)
            )
            Parallel.forRanges(target.layout.byteCount / lanes, grain: 1 << 11) { range in
                var finish = template
                finish.target = to + range.lowerBound * lanes
                functions.finish_cells(&finish, from + range.lowerBound * lanes * size, range.count)
            }
        }
        return ByteMap(memory: target, form: form)
    }

    /// Appends the rounding of a few channels in plain layout, such as those of an image.
    private func emitPlainBytes(_ source: Memory, _ rounding: vector_rounding, into target: Memory, _ set: KernelSet) {
        let (shape, functions, lanes) = (source.layout.shape, set.integer, set.lanes)
        let area = shape[2] * shape[3]
        emit("bytes:\(set)", on: [source, target]) {
            nonisolated(unsafe) let from = source.pointer
            nonisolated(unsafe) let to = UnsafeMutableRawPointer(target.pointer).assumingMemoryBound(to: UInt8.self)
            Parallel.forEach(shape[0] * shape[2]) { row, _ in
                let (image, first) = (row / shape[2], row % shape[2] * shape[3])
                var rounding = rounding
                functions.plain_bytes(
                    &rounding, from + image * shape[1] * area + first, area, shape[1],
                    to + (image * area + first) * lanes, shape[3])
            }
        }
    }

    /// A node's value in a set's layout and element type.
    func cells(_ node: Int, _ set: KernelSet) throws -> Memory {
        let layout = try set.layout(shapes[node])
        let stored = try storedValue(node)
        return stored.layout == layout ? stored : try value(node, in: layout)
    }

    /// Appends the conversion of bytes to numbers: of the set's type, or to floats for outputs.
    func numbers(of bytes: ByteMap, asFloats: Bool) throws -> Memory {
        guard let set = kernelSet else { preconditionFailure("bytes without a kernel that reads them") }
        let target = try makeTemporary(
            set.layout(bytes.memory.layout.shape, type: asFloats ? dnnl_f32 : set.cellType))
        let (source, form) = (bytes.memory, bytes.form)
        let (functions, size) = asFloats ? (set.integerOfFloats, 4) : (set.integer, set.cellSize)
        emit("bytes to numbers:\(set)", on: [source, target]) { [lanes = set.lanes] in
            nonisolated(unsafe) let (from, to) = (
                UnsafeRawPointer(source.pointer), UnsafeMutableRawPointer(target.pointer)
            )
            Parallel.forRanges(source.layout.byteCount / lanes, grain: 1 << 11) { range in
                var form = form
                functions.read_bytes(
                    &form, (from + range.lowerBound * lanes).assumingMemoryBound(to: UInt8.self),
                    to + range.lowerBound * lanes * size, range.count)
            }
        }
        return target
    }
}

extension MaxPooling {
    /// Whether the pooling operates on bytes, whose result then consists of bytes.
    func takesBytes(_ node: Int, _ compiler: Compiler) throws -> Bool {
        guard compiler.mode == .inference, compiler.precision == .int8, compiler.kernelSet != nil, dilation == 1,
            windowsMeetTheMap(
                kernel, stride, padding, from: compiler.shapes[compiler.input(of: node)],
                to: compiler.shapes[node])
        else { return false }
        return try compiler.wantsBytes(node)
    }

    /// Compiles the pooling if it operates on bytes.
    func compileOfBytes(_ node: Int, _ compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        guard try takesBytes(node, compiler), let set = compiler.kernelSet, let source = try compiler.bytes(of: input)
        else { return false }
        let (shape, outer) = (compiler.shapes[input], compiler.shapes[node])
        let target = try compiler.makeTemporary(set.byteLayout(outer))
        compiler.slots[node].bytes = ByteMap(memory: target, form: source.form)
        compiler.slots[node].rounding = compiler.slots[input].rounding
        var window = byte_window()
        (window.rows, window.columns, window.target_rows, window.target_columns) = (
            shape[2], shape[3], outer[2], outer[3]
        )
        (window.kernel_rows, window.kernel_columns) = (kernel.rows, kernel.columns)
        (window.stride_row, window.stride_column) = (stride.rows, stride.columns)
        (window.padding_row, window.padding_column) = (padding.rows, padding.columns)
        let (template, functions) = (window, set.integer)
        let items = outer[0] * ((outer[1] + set.lanes - 1) / set.lanes) * outer[2]
        compiler.emit("max pooling of bytes:\(set)", on: [source.memory, target]) { [source = source.memory] in
            var window = template
            window.source = UnsafeRawPointer(source.pointer).assumingMemoryBound(to: UInt8.self)
            window.target = UnsafeMutableRawPointer(target.pointer).assumingMemoryBound(to: UInt8.self)
            forEachItem(items, of: window) { window, item, _ in functions.largest_bytes(window, item) }
        }
        return true
    }
}
