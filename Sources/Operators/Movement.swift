import Graphs
import Tensors

/// A mapping from result to source for operators that only move numbers: for each axis of the result, the source offsets of its positions.
///
///     result[i, j, …] = source[offsets[0][i] + offsets[1][j] + …]
///
/// Positions where one of the offsets is ``nowhere`` get a constant. Source offsets are sums over the axes, because each axis of the source
/// belongs to at most one axis of the result. Contiguous elements are moved together.
public struct Movement {
    /// The offset of a position without a source.
    static let nowhere = -1

    /// An axis that is traversed position by position.
    private struct Axis {
        let offsets: [Int]
        /// The distance between two positions in the result.
        let stride: Int
        /// Whether no source element is read by two positions.
        let isInjective: Bool
    }

    /// Elements of a row that are moved at once.
    private struct Piece {
        let to, from, count, step: Int
    }

    private let axes: [Axis]
    private let pieces: [Piece]
    /// The distance between two rows in the result.
    private let rowLength: Int

    /// The minimum number of elements in a unit of work.
    private static let grain = 1 << 13

    /// - Parameter offsets: For each axis of the result, the source offset of each position.
    init(_ offsets: [[Int]]) {
        var remaining = offsets[...]
        var (run, base) = (1, 0)
        while let last = remaining.last, let first = last.first, first >= 0, isRun(last, step: run) {
            base += first
            run *= last.count
            remaining.removeLast()
        }
        let inner = remaining.popLast()
        pieces = inner.map { Self.pieces($0, run: run, base: base) } ?? [Piece(to: 0, from: base, count: run, step: 1)]
        rowLength = run * (inner?.count ?? 1)
        var stride = rowLength
        var axes: [Axis] = []
        for axis in remaining.reversed() {
            let places = axis.filter { $0 >= 0 }
            axes.append(Axis(offsets: axis, stride: stride, isInjective: Set(places).count == places.count))
            stride *= axis.count
        }
        self.axes = axes
    }

    /// Creates a movement from a source that is read with a fixed step along each axis.
    init(extents: [Int], steps: [Int]) {
        self.init(zip(extents, steps).map { extent, step in (0..<extent).map { $0 * step } })
    }

    /// Writes every element of the result.
    func forward(
        _ source: UnsafeMutablePointer<Float>, to result: UnsafeMutablePointer<Float>, elsewhere constant: Float = 0
    ) {
        forEachRow(parallel: axes, then: []) { from, to in
            let target = result + to
            guard from >= 0 else {
                target.update(repeating: constant, count: rowLength)
                return
            }
            for piece in pieces {
                let target = target + piece.to
                if piece.from < 0 {
                    target.update(repeating: constant, count: piece.count)
                } else if piece.step == 1 {
                    target.update(from: source + from + piece.from, count: piece.count)
                } else {
                    let start = source + from + piece.from
                    for index in 0..<piece.count { target[index] = start[index * piece.step] }
                }
            }
        }
    }

    /// Adds each element's gradient to the gradient of its source.
    func backward(_ slope: UnsafeMutablePointer<Float>, addingTo gradient: UnsafeMutablePointer<Float>) {
        forEachRow(parallel: axes.filter(\.isInjective), then: axes.filter { !$0.isInjective }) { from, to in
            guard from >= 0 else { return }
            for piece in pieces where piece.from >= 0 {
                let (target, slope) = (gradient + from + piece.from, slope + to + piece.to)
                if piece.step == 1 {
                    Planes.add(slope, to: target, count: piece.count)
                } else {
                    for index in 0..<piece.count { target[index * piece.step] += slope[index] }
                }
            }
        }
    }

    /// Iterates over all rows: in parallel along some axes, in order along the others.
    private func forEachRow(parallel: [Axis], then inner: [Axis], _ body: (_ from: Int, _ to: Int) -> Void) {
        let count = parallel.reduce(1) { $0 * $1.offsets.count }
        let innerCount = inner.reduce(1) { $0 * $1.offsets.count }
        guard count > 0, innerCount > 0, rowLength > 0 else { return }
        let chunk = max(1, Self.grain / max(1, innerCount * rowLength))
        Parallel.forEach((count + chunk - 1) / chunk) { part, _ in
            for index in part * chunk..<min(count, (part + 1) * chunk) {
                let outer = place(index, parallel)
                for index in 0..<innerCount {
                    let place = place(index, inner)
                    body(outer.from < 0 || place.from < 0 ? Self.nowhere : outer.from + place.from, outer.to + place.to)
                }
            }
        }
    }

    /// Returns the source and result offsets of the row with an index along some axes.
    private func place(_ index: Int, _ axes: [Axis]) -> (from: Int, to: Int) {
        var (rest, from, to, isNowhere) = (index, 0, 0, false)
        for axis in axes {
            let position = rest % axis.offsets.count
            rest /= axis.offsets.count
            to += position * axis.stride
            let offset = axis.offsets[position]
            isNowhere = isNowhere || offset < 0
            from += offset
        }
        return (isNowhere ? Self.nowhere : from, to)
    }

    /// Splits the positions of a row, each `run` elements long, into as few pieces as possible.
    private static func pieces(_ offsets: [Int], run: Int, base: Int) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < offsets.count {
            let start = index
            index += 1
            if offsets[start] < 0 {
                while index < offsets.count, offsets[index] < 0 { index += 1 }
                pieces.append(Piece(to: start * run, from: nowhere, count: (index - start) * run, step: 1))
                continue
            }
            var step = run
            if index < offsets.count, offsets[index] >= 0, run == 1 || offsets[index] - offsets[start] == run {
                step = offsets[index] - offsets[start]
                while index < offsets.count, offsets[index] >= 0, offsets[index] - offsets[index - 1] == step {
                    index += 1
                }
            }
            let isTogether = step == run || run > 1
            pieces.append(
                Piece(
                    to: start * run, from: base + offsets[start], count: (index - start) * run,
                    step: isTogether ? 1 : step))
        }
        return pieces
    }
}

/// Returns whether offsets are spaced by a fixed distance.
private func isRun(_ offsets: [Int], step: Int) -> Bool {
    for index in offsets.indices.dropFirst() where offsets[index] - offsets[index - 1] != step { return false }
    return true
}

/// Returns the distance between two positions of each axis of a row-major tensor.
func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
}

/// An operator that only moves numbers.
public protocol MovementOperator: Operator {
    /// Returns where each number of the output comes from, for the shapes of input and output.
    func movement(_ input: [Int], _ output: [Int]) -> Movement

    /// The value of positions that come from nowhere.
    var constant: Float { get }
}

extension MovementOperator {
    /// Zero.
    public var constant: Float { 0 }

    /// Copies each element to its new positions.
    public func forward(_ call: ForwardCall) {
        movement(call.inputs[0].shape, call.output.shape)
            .forward(call.inputs[0].pointer, to: call.output.pointer, elsewhere: constant)
    }

    /// Each element gets the sum of the gradients at its new positions.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        movement(gradient.shape, call.outputGradient.shape)
            .backward(call.outputGradient.pointer, addingTo: gradient.pointer)
    }
}
