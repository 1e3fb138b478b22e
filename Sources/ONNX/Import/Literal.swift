import Graphs
import Operators
import Tensors

/// A tensor known at import: an initializer, an attribute, or a value computed from these and from shapes.
///
/// Integers are kept exactly, with 64 bits, for shape computations. All other numbers are float32.
struct Literal: Equatable {
    /// The kind of arithmetic that ONNX uses for the elements.
    enum Kind: String {
        case float, integer, boolean
    }

    /// The values, in row-major order.
    enum Elements: Equatable {
        case floats(Tensor)
        case integers([Int64])
        /// Floats that are all equal.
        case uniform(UniformTensor)
    }

    let shape: [Int]
    let kind: Kind
    let elements: Elements
    /// The 8-bit integer type, if the file specifies one; nil for other integers and for floats.
    let byteKind: IntegerKind?
    /// The integer form of floats that the file stores as integers.
    let form: QuantizedForm?

    /// Creates a tensor of integers or booleans (0 and 1).
    init(_ shape: [Int], integers: [Int64], kind: Kind = .integer, byteKind: IntegerKind? = nil) {
        precondition(shape.reduce(1, *) == integers.count, "\(integers.count) integers do not fill the shape \(shape)")
        self.shape = shape
        self.kind = kind
        elements = .integers(integers)
        self.byteKind = byteKind
        form = nil
    }

    /// Creates a tensor of floats.
    init(_ tensor: Tensor, form: QuantizedForm? = nil) {
        shape = tensor.shape
        kind = .float
        elements = .floats(tensor)
        byteKind = nil
        self.form = form
    }

    /// Creates a tensor of floats.
    init(_ shape: [Int], floats: [Float]) { self.init(Tensor(shape, elements: floats)) }

    /// Creates a tensor of equal floats, whose memory is only allocated when it is read.
    init(uniform tensor: UniformTensor) {
        shape = tensor.shape
        kind = .float
        elements = .uniform(tensor)
        byteKind = nil
        form = nil
    }

    /// Creates a tensor without elements.
    init(empty shape: [Int], kind: Kind) {
        precondition(shape.contains(0), "a tensor of the shape \(shape) has elements")
        self = kind == .float ? Literal(shape, floats: []) : Literal(shape, integers: [], kind: kind)
    }

    /// Creates a list of extents.
    init(extents: [Int]) { self.init([extents.count], integers: extents.map(Int64.init)) }

    /// The number of elements.
    var count: Int { shape.reduce(1, *) }

    /// The elements as floats, in their shape.
    var tensor: Tensor {
        switch elements {
        case .floats(let tensor): tensor
        case .uniform(let uniform): uniform.tensor
        case .integers(let values): Tensor(shape, elements: values.map(Float.init))
        }
    }

    /// The elements as floats.
    var floats: [Float] {
        switch elements {
        case .floats(let tensor): tensor.elements
        case .uniform(let uniform): uniform.tensor.elements
        case .integers(let values): values.map(Float.init)
        }
    }

    /// The elements as integers; nil for floats.
    var integers: [Int64]? {
        if case .integers(let values) = elements { values } else { nil }
    }

    /// The tensor of equal floats, if it is stored as one.
    var uniform: UniformTensor? {
        if case .uniform(let uniform) = elements { uniform } else { nil }
    }

    /// Returns the same elements in another shape.
    func reshaped(_ shape: [Int]) -> Literal {
        switch elements {
        case .floats(let tensor): Literal(tensor.reshaped(shape))
        case .uniform(let uniform): Literal(uniform: UniformTensor(shape, value: uniform.value))
        case .integers(let values): Literal(shape, integers: values, kind: kind, byteKind: byteKind)
        }
    }

    /// Returns elements of this tensor by offset, in another shape; negative offsets give `filler` (or zero).
    func picking(_ shape: [Int], _ places: [Int], filler: Literal? = nil) -> Literal {
        switch elements {
        case .floats, .uniform:
            let other = filler?.floats.first ?? 0
            let picked = self.tensor.withElements { source in places.map { $0 < 0 ? other : source[$0] } }
            return Literal(shape, floats: picked)
        case .integers(let values):
            let other = filler?.integers?.first ?? 0
            return Literal(
                shape, integers: places.map { $0 < 0 ? other : values[$0] }, kind: kind, byteKind: byteKind)
        }
    }
}

/// A tensor of equal floats, as files without trained weights have them; its memory is allocated when it is first read.
final class UniformTensor: Equatable {
    let shape: [Int]
    let value: Float
    private(set) lazy var tensor: Tensor = {
        isMade = true
        return Tensor(shape, repeating: value)
    }()
    /// Whether the memory has been allocated.
    private(set) var isMade = false

    init(_ shape: [Int], value: Float) {
        self.shape = shape
        self.value = value
    }

    static func == (left: UniformTensor, right: UniformTensor) -> Bool {
        left.shape == right.shape && left.value == right.value
    }
}

/// Multiplies extents; returns nil on overflow or for a negative extent.
func product(_ extents: some Sequence<Int>) -> Int? {
    var product = 1
    for extent in extents {
        let (next, overflow) = product.multipliedReportingOverflow(by: extent)
        if overflow || extent < 0 { return nil }
        product = next
    }
    return product
}

/// Returns the distance between neighbours along each axis in row-major order.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
}

/// Returns the broadcast shape of two shapes; nil if they cannot be broadcast.
func broadcast(_ left: [Int], _ right: [Int]) -> [Int]? {
    let rank = max(left.count, right.count)
    let (left, right) = (padded(left, rank), padded(right, rank))
    var shape: [Int] = []
    for (a, b) in zip(left, right) {
        guard a == b || a == 1 || b == 1 else { return nil }
        shape.append(a == 1 ? b : a)
    }
    return shape
}

/// Returns a shape padded with leading ones.
func padded(_ shape: [Int], _ rank: Int) -> [Int] {
    [Int](repeating: 1, count: max(0, rank - shape.count)) + shape
}

/// Returns the offset of each element of a shape, in order, for the given strides.
func places(_ shape: [Int], strides: [Int], start: Int = 0) -> [Int] {
    var result: [Int] = []
    let count = shape.reduce(1, *)
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    var place = start
    for _ in 0..<count {
        result.append(place)
        for axis in shape.indices.reversed() {
            index[axis] += 1
            place += strides[axis]
            if index[axis] < shape[axis] { break }
            place -= strides[axis] * shape[axis]
            index[axis] = 0
        }
    }
    return result
}

/// Returns, for each element of a broadcast shape, the offset of the corresponding element of the operand.
func broadcastPlaces(of operand: [Int], in shape: [Int]) -> [Int] {
    let extents = padded(operand, shape.count)
    let strides = zip(extents, rowMajorStrides(extents)).map { $0 == 1 ? 0 : $1 }
    return places(shape, strides: strides)
}
