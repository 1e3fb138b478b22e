import Tensors

/// A traversal of a value and its reduction, which is broadcast against the value.
struct ReductionWalk {
    private let input: UnsafePointer<Float>
    private let meeting: Broadcasting
    private let count: Int
    /// Whether adjacent elements belong to adjacent results; otherwise they belong to the same one.
    private let isMoving: Bool

    /// - Parameter reduced: The input's shape with extent 1 for the reduced axes.
    init(_ input: TensorView, _ reduced: [Int]) {
        self.input = UnsafePointer(input.pointer)
        meeting = Broadcasting([reduced], to: input.shape)
        count = reduced.reduce(1, *)
        isMoving = meeting.moves(0)
    }

    /// Accumulates sums of terms.
    @inline(__always)
    func sum(into results: UnsafeMutablePointer<Float>, _ term: (_ number: Float, _ place: Int) -> Float) {
        results.update(repeating: 0, count: count)
        meeting.forEachRun(into: 0, grain: 1 << 13) { run in
            let (first, numbers) = (run.offsets[0], input + run.offsets[Broadcasting.result])
            if isMoving {
                for index in 0..<run.count { results[first + index] += term(numbers[index], first + index) }
            } else {
                results[first] += Planes.sum(run.count) { term(numbers[$0], first) }
            }
        }
    }

    /// Folds each element into its result, one after the other.
    @inline(__always)
    func fold(
        into results: UnsafeMutablePointer<Float>, from start: Float,
        _ combine: (_ found: Float, _ number: Float) -> Float
    ) {
        results.update(repeating: start, count: count)
        meeting.forEachRun(into: 0) { run in
            let (first, numbers) = (run.offsets[0], input + run.offsets[Broadcasting.result])
            if isMoving {
                for index in 0..<run.count { results[first + index] = combine(results[first + index], numbers[index]) }
            } else {
                var found = results[first]
                for index in 0..<run.count { found = combine(found, numbers[index]) }
                results[first] = found
            }
        }
    }

    /// Adds to the gradient of each element.
    @inline(__always)
    func spread(into gradient: TensorView, _ term: (_ number: Float, _ place: Int) -> Float) {
        meeting.forEachRun(grain: 1 << 13) { run in
            let (first, start) = (run.offsets[0], run.offsets[Broadcasting.result])
            for index in 0..<run.count {
                gradient.pointer[start + index] += term(input[start + index], isMoving ? first + index : first)
            }
        }
    }
}
