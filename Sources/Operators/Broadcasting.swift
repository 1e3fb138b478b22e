import Graphs
import Tensors

/// How values of different shapes meet element by element, as NumPy has it: shapes are aligned at their last axes, and an axis of
/// extent 1 (or one that is missing) is repeated.
struct Broadcasting {
    /// Extents of the result, outermost first; neighbouring axes along which every input behaves alike are one. There is at least
    /// one axis.
    let extents: [Int]
    /// How far each of up to three inputs moves along each axis, zero where it is repeated; and in the last lane the result.
    let strides: [SIMD4<Int>]

    /// The lane of the result.
    static let result = 3

    /// Neighbouring elements of the result, with where they begin in each input and in the result.
    struct Run {
        let offsets: SIMD4<Int>
        let count: Int
    }

    /// The shape of the result.
    static func shape(_ shapes: [[Int]]) throws(ShapeError) -> [Int] {
        let rank = shapes.map(\.count).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (axis, extent) in zip(rank - shape.count..<rank, shape) where extent != 1 {
                guard result[axis] == 1 || result[axis] == extent else {
                    let names = shapes.map { "\($0)" }.joined(separator: " and ")
                    throw ShapeError("the shapes \(names) differ where neither is 1")
                }
                result[axis] = extent
            }
        }
        return result
    }

    /// - Parameter output: What the shapes broadcast to.
    init(_ shapes: [[Int]], to output: [Int]) {
        precondition(shapes.count <= Self.result, "\(shapes.count) values meet")
        var steps = [SIMD4<Int>](repeating: .zero, count: output.count)
        for (lane, shape) in zip(Array(shapes.indices) + [Self.result], shapes + [output]) {
            var step = 1
            for axis in shape.indices.reversed() {
                if shape[axis] != 1 { steps[output.count - shape.count + axis][lane] = step }
                step *= shape[axis]
            }
        }
        var extents: [Int] = []
        var strides: [SIMD4<Int>] = []
        for axis in output.indices.reversed() where output[axis] != 1 {
            if let extent = extents.first, steps[axis] == strides[0] &* SIMD4(repeating: extent) {
                extents[0] = extent * output[axis]
            } else {
                extents.insert(output[axis], at: 0)
                strides.insert(steps[axis], at: 0)
            }
        }
        self.extents = extents.isEmpty ? [1] : extents
        self.strides = strides.isEmpty ? [SIMD4(0, 0, 0, 1)] : strides
    }

    /// Whether an input moves along with the elements of a run; otherwise one of its elements meets all of them.
    func moves(_ input: Int) -> Bool { strides[strides.count - 1][input] != 0 }

    private var length: Int { extents[extents.count - 1] }

    /// Where the combination `index` of positions along some axes begins.
    func offsets(_ index: Int, along axes: some BidirectionalCollection<Int>) -> SIMD4<Int> {
        var rest = index
        var offsets = SIMD4<Int>.zero
        for axis in axes.reversed() {
            offsets &+= strides[axis] &* SIMD4(repeating: rest % extents[axis])
            rest /= extents[axis]
        }
        return offsets
    }

    /// Calls `body` with runs that together are the whole result, each once.
    ///
    /// - Parameter grain: About how many elements are worth a thread's while.
    func forEachRun(grain: Int = 1 << 15, _ body: (Run) -> Void) {
        let outer = 0..<extents.count - 1
        let rows = extents[outer].reduce(1, *)
        forEachUnit(rows, length: length, work: length, grain: grain) { row, range in
            let start = offsets(row, along: outer) &+ strides[outer.upperBound] &* SIMD4(repeating: range.lowerBound)
            body(Run(offsets: start, count: range.count))
        }
    }

    /// Calls `body` with runs that together are the whole result, those that meet the same elements of an input one after the other on
    /// one thread: so what is summed up there has an order, and nobody else writes to it.
    func forEachRun(into input: Int, grain: Int = 1 << 15, _ body: (Run) -> Void) {
        let outer = 0..<extents.count - 1
        let (kept, summed) = (outer.filter { strides[$0][input] != 0 }, outer.filter { strides[$0][input] == 0 })
        let targets = kept.reduce(1) { $0 * extents[$1] }
        let repeats = summed.reduce(1) { $0 * extents[$1] }
        forEachUnit(targets, length: moves(input) ? length : 1, work: length * repeats, grain: grain) { target, range in
            let start = offsets(target, along: kept) &+ strides[outer.upperBound] &* SIMD4(repeating: range.lowerBound)
            for turn in 0..<repeats {
                body(
                    Run(offsets: start &+ offsets(turn, along: summed), count: moves(input) ? range.count : length))
            }
        }
    }

    /// Hands out rows: several at a time where they are short, parts of them where they are long.
    private func forEachUnit(
        _ rows: Int, length: Int, work: Int, grain: Int, _ body: (_ row: Int, _ range: Range<Int>) -> Void
    ) {
        // Nothing meets nothing.
        if extents.contains(0) { return }
        let parts = max(1, min(length / 64, work / grain))
        if parts > 1 {
            Parallel.forEach(rows * parts) { unit, _ in
                let part = unit % parts
                body(unit / parts, length * part / parts..<length * (part + 1) / parts)
            }
        } else {
            let together = max(1, grain / work)
            Parallel.forEach((rows + together - 1) / together) { unit, _ in
                for row in unit * together..<min(rows, (unit + 1) * together) { body(row, 0..<length) }
            }
        }
    }
}
