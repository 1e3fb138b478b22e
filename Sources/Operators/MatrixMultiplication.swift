import Graphs
import Tensors

/// Matrix products, `output = left · right`, with NumPy's rules; ONNX `MatMul`.
///
/// Left `[…, row, inner]`, right `[…, inner, column]`, output `[…, row, column]`; leading axes are broadcast. A left input with one axis is
/// a row, a right one a column, and that axis is missing from the output.
public struct MatrixMultiplication: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "MatMul"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// Two inputs.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// `[…, row, column]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        for shape in inputs { try elementCount(shape) }
        guard !inputs[0].isEmpty, !inputs[1].isEmpty else { throw ShapeError("a scalar is not a matrix") }
        let (left, right) = (Self.matrices(left: inputs[0]), Self.matrices(right: inputs[1]))
        guard left[left.count - 1] == right[right.count - 2] else {
            throw ShapeError("rows of \(inputs[0]) and columns of \(inputs[1]) differ in length")
        }
        let batch = try Broadcasting.shape([Array(left.dropLast(2)), Array(right.dropLast(2))])
        var shape = batch
        if inputs[0].count > 1 { shape.append(left[left.count - 2]) }
        if inputs[1].count > 1 { shape.append(right[right.count - 1]) }
        try elementCount(shape)
        return shape
    }

    private static func matrices(left: [Int]) -> [Int] { left.count > 1 ? left : [1] + left }
    private static func matrices(right: [Int]) -> [Int] { right.count > 1 ? right : right + [1] }

    /// One multiply-add per output element and position of the inner axis.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        output.reduce(1, *) * (inputs[0].last ?? 1)
    }

    /// One product after the other; large ones in parts.
    public func forward(_ call: ForwardCall) {
        let plan = Plan(call.inputs[0].shape, call.inputs[1].shape)
        let (left, right, output) = (call.inputs[0].pointer, call.inputs[1].pointer, call.output.pointer)
        let parts = Plan.parts(plan.rows, others: plan.count)
        Parallel.forEach(plan.count * parts) { unit, _ in
            let (product, part) = (unit / parts, unit % parts)
            let rows = plan.rows * part / parts..<plan.rows * (part + 1) / parts
            let (first, second) = plan.places(product)
            multiply(
                MatrixView(left + first + rows.lowerBound * plan.inner, stride: plan.inner),
                MatrixView(right + second, stride: plan.columns),
                into: MatrixView(
                    output + (product * plan.rows + rows.lowerBound) * plan.columns, stride: plan.columns),
                rows: rows.count, columns: plan.columns, inner: plan.inner)
        }
    }

    /// `d left = d output · rightᵀ` and `d right = leftᵀ · d output`, summed up where a matrix was broadcast.
    public func backward(_ call: BackwardCall) {
        let plan = Plan(call.forward.inputs[0].shape, call.forward.inputs[1].shape)
        let (left, right) = (call.forward.inputs[0].pointer, call.forward.inputs[1].pointer)
        let slope = call.outputGradient.pointer
        if let gradient = call.inputGradients[0]?.pointer {
            let meetings = plan.meetings(left: true)
            let parts = Plan.parts(plan.rows, others: meetings.count)
            Parallel.forEach(meetings.count * parts) { unit, _ in
                let (meeting, part) = (meetings[unit / parts], unit % parts)
                let rows = plan.rows * part / parts..<plan.rows * (part + 1) / parts
                for product in meeting.products {
                    multiply(
                        MatrixView(
                            slope + (product * plan.rows + rows.lowerBound) * plan.columns, stride: plan.columns),
                        MatrixView(right + plan.places(product).right, stride: plan.columns, transposed: true),
                        into: MatrixView(
                            gradient + meeting.place + rows.lowerBound * plan.inner, stride: plan.inner),
                        rows: rows.count, columns: plan.inner, inner: plan.columns, keeping: 1)
                }
            }
        }
        if let gradient = call.inputGradients[1]?.pointer {
            let meetings = plan.meetings(left: false)
            let parts = Plan.parts(plan.inner, others: meetings.count)
            Parallel.forEach(meetings.count * parts) { unit, _ in
                let (meeting, part) = (meetings[unit / parts], unit % parts)
                let rows = plan.inner * part / parts..<plan.inner * (part + 1) / parts
                for product in meeting.products {
                    multiply(
                        MatrixView(
                            left + plan.places(product).left + rows.lowerBound, stride: plan.inner, transposed: true),
                        MatrixView(slope + product * plan.rows * plan.columns, stride: plan.columns),
                        into: MatrixView(
                            gradient + meeting.place + rows.lowerBound * plan.columns, stride: plan.columns),
                        rows: rows.count, columns: plan.columns, inner: plan.rows, keeping: 1)
                }
            }
        }
    }

    /// The pairing of matrices.
    private struct Plan {
        let rows, inner, columns, count: Int
        private let batch: Broadcasting

        init(_ leftShape: [Int], _ rightShape: [Int]) {
            let (left, right) = (
                MatrixMultiplication.matrices(left: leftShape), MatrixMultiplication.matrices(right: rightShape)
            )
            inner = left[left.count - 1]
            columns = right[right.count - 1]
            let before = [left.dropLast(2), right.dropLast(2)].map { Array($0) }
            if before[1].allSatisfy({ $0 == 1 }) {
                // One right matrix is used for all rows.
                rows = left.dropLast().reduce(1, *)
                count = 1
                batch = Broadcasting([[], []], to: [])
            } else {
                rows = left[left.count - 2]
                let rank = max(before[0].count, before[1].count)
                let padded = before.map { [Int](repeating: 1, count: rank - $0.count) + $0 }
                let shape = zip(padded[0], padded[1]).map { max($0, $1) }
                count = shape.reduce(1, *)
                batch = Broadcasting(padded, to: shape)
            }
        }

        /// Returns the offsets of the two matrices of a product.
        func places(_ product: Int) -> (left: Int, right: Int) {
            let places = batch.offsets(product, along: batch.extents.indices)
            return (places[0] * rows * inner, places[1] * inner * columns)
        }

        /// Returns each matrix of one side with the products that use it, in order.
        func meetings(left: Bool) -> [(place: Int, products: [Int])] {
            var known: [Int: Int] = [:]
            var meetings: [(place: Int, products: [Int])] = []
            for product in 0..<count {
                let place = left ? places(product).left : places(product).right
                if let index = known[place] {
                    meetings[index].products.append(product)
                } else {
                    known[place] = meetings.count
                    meetings.append((place, [product]))
                }
            }
            return meetings
        }

        /// Returns into how many parts the rows of a product are split when there are `others` products.
        static func parts(_ rows: Int, others: Int) -> Int { max(1, min(rows / 16, 8 / others)) }
    }
}
