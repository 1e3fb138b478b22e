import Graphs
import Tensors

/// NumPy broadcasting: shapes are aligned at their last axes, and axes of extent 1 (or missing ones) are repeated.
struct Broadcasting {
    /// Extents of the result, outermost first; adjacent axes along which all inputs behave alike are merged. There is at least one axis.
    let extents: [Int]
    /// The strides of up to three inputs along each axis, zero where an input is repeated; the last lane holds the result's strides.
    let strides: [SIMD4<Int>]

    /// The lane of the result.
    static let result = 3

    /// Adjacent elements of the result, with their offsets in each input and in the result.
    struct Run {
        let offsets: SIMD4<Int>
        let count: Int
    }

    /// Returns the shape of the result.
    static func shape(_ shapes: [[Int]]) throws(ShapeError) -> [Int] {
        let rank = shapes.map(\.count).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (axis, extent) in zip(rank - shape.count..<rank, shape) where extent != 1 {
                guard result[axis] == 1 || result[axis] == extent else {
                    let names = shapes.map { "\($0)" }.joined(separator: " and ")
                    throw ShapeError("the shapes \(names) differ in an axis where neither is 1")
                }
                result[axis] = extent
            }
        }
        return result
    }

    /// - Parameter output: The broadcast shape.
    init(_ shapes: [[Int]], to output: [Int]) {
        precondition(shapes.count <= Self.result, "at most \(Self.result) values can be broadcast, not \(shapes.count)")
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

    /// Returns whether an input advances with the elements of a run; otherwise one of its elements is combined with all of them.
    func moves(_ input: Int) -> Bool { strides[strides.count - 1][input] != 0 }

    private var length: Int { extents[extents.count - 1] }

    /// Returns the offsets of the combination `index` of positions along some axes.
    func offsets(_ index: Int, along axes: some BidirectionalCollection<Int>) -> SIMD4<Int> {
        var rest = index
        var offsets = SIMD4<Int>.zero
        for axis in axes.reversed() {
            offsets &+= strides[axis] &* SIMD4(repeating: rest % extents[axis])
            rest /= extents[axis]
        }
        return offsets
    }

    /// Calls `body` with runs that together cover the whole result once.
    ///
    /// - Parameter grain: About how many elements make up a unit of work.
    func forEachRun(grain: Int = 1 << 15, _ body: (Run) -> Void) {
        let outer = 0..<extents.count - 1
        let rows = extents[outer].reduce(1, *)
        forEachUnit(rows, length: length, work: length, grain: grain) { row, range in
            let start = offsets(row, along: outer) &+ strides[outer.upperBound] &* SIMD4(repeating: range.lowerBound)
            body(Run(offsets: start, count: range.count))
        }
    }

    /// Calls `body` with runs that together cover the whole result once. Runs that use the same elements of an input are processed in order
    /// on one thread, so that sums over them are deterministic and free of races.
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

    /// Distributes rows: several per unit if they are short, parts of them if they are long.
    private func forEachUnit(
        _ rows: Int, length: Int, work: Int, grain: Int, _ body: (_ row: Int, _ range: Range<Int>) -> Void
    ) {
        // An empty result has no runs.
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
