import Graphs
import Operators
import Tensors

/// A tensor that is known at import: an initializer, an attribute, or what was computed from such and from shapes.
///
/// Integers are kept exactly, with 64 bits: shapes are computed with them. All other numbers are float32.
struct Literal: Equatable {
    /// What its elements are to ONNX's arithmetic.
    enum Kind: String {
        case float, integer, boolean
    }

    /// The numbers, in row-major order.
    enum Elements: Equatable {
        case floats(Tensor)
        case integers([Int64])
    }

    let shape: [Int]
    let kind: Kind
    let elements: Elements
    /// Which integers of eight bits they are, where a file says so; nil for all others, and for floats.
    let byteKind: IntegerKind?
    /// What floats were made of that a file holds as integers.
    let form: QuantizedForm?

    /// Integers or booleans (0 and 1).
    init(_ shape: [Int], integers: [Int64], kind: Kind = .integer, byteKind: IntegerKind? = nil) {
        precondition(shape.reduce(1, *) == integers.count, "\(integers.count) integers do not fill the shape \(shape)")
        self.shape = shape
        self.kind = kind
        elements = .integers(integers)
        self.byteKind = byteKind
        form = nil
    }

    /// Floats.
    init(_ tensor: Tensor, form: QuantizedForm? = nil) {
        shape = tensor.shape
        kind = .float
        elements = .floats(tensor)
        byteKind = nil
        self.form = form
    }

    /// Floats.
    init(_ shape: [Int], floats: [Float]) { self.init(Tensor(shape, elements: floats)) }

    /// A list of extents.
    init(extents: [Int]) { self.init([extents.count], integers: extents.map(Int64.init)) }

    /// How many elements there are.
    var count: Int { shape.reduce(1, *) }

    /// The elements as floats, in their shape.
    var tensor: Tensor {
        switch elements {
        case .floats(let tensor): tensor
        case .integers(let values): Tensor(shape, elements: values.map(Float.init))
        }
    }

    /// The elements as floats.
    var floats: [Float] {
        switch elements {
        case .floats(let tensor): tensor.elements
        case .integers(let values): values.map(Float.init)
        }
    }

    /// The elements as integers; nil for floats.
    var integers: [Int64]? {
        if case .integers(let values) = elements { values } else { nil }
    }

    /// The same elements in another shape.
    func reshaped(_ shape: [Int]) -> Literal {
        switch elements {
        case .floats(let tensor): Literal(tensor.reshaped(shape))
        case .integers(let values): Literal(shape, integers: values, kind: kind, byteKind: byteKind)
        }
    }

    /// Elements of this one by their places, in another shape; where a place is negative, `filler` (or zero).
    func picking(_ shape: [Int], _ places: [Int], filler: Literal? = nil) -> Literal {
        switch elements {
        case .floats(let tensor):
            let other = filler?.floats.first ?? 0
            let picked = tensor.withElements { source in places.map { $0 < 0 ? other : source[$0] } }
            return Literal(shape, floats: picked)
        case .integers(let values):
            let other = filler?.integers?.first ?? 0
            return Literal(
                shape, integers: places.map { $0 < 0 ? other : values[$0] }, kind: kind, byteKind: byteKind)
        }
    }
}

/// Multiplies extents; nil where the product does not fit, or an extent is negative.
func product(_ extents: some Sequence<Int>) -> Int? {
    var product = 1
    for extent in extents {
        let (next, overflow) = product.multipliedReportingOverflow(by: extent)
        if overflow || extent < 0 { return nil }
        product = next
    }
    return product
}

/// How far apart neighbours along each axis lie in row-major order.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
}

/// The common shape of two values whose axes, from the last one on, are equal or 1; nil where they are neither.
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

/// A shape with ones before it.
func padded(_ shape: [Int], _ rank: Int) -> [Int] {
    [Int](repeating: 1, count: max(0, rank - shape.count)) + shape
}

/// For each element of a shape, in order, the place that strides give it.
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

/// For each element of a broadcast shape the place of the operand's element that meets it.
func broadcastPlaces(of operand: [Int], in shape: [Int]) -> [Int] {
    let extents = padded(operand, shape.count)
    let strides = zip(extents, rowMajorStrides(extents)).map { $0 == 1 ? 0 : $1 }
    return places(shape, strides: strides)
}
