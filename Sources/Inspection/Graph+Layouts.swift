import Graphs
import Operators

/// What an axis of a value stands for.
enum AxisRole: Hashable {
    case batch, channel, row, column
    /// All cells of a map, row by row, after `leading` entries that belong to no cell.
    case cells(rows: Int, columns: Int, leading: Int)
}

/// Where maps have their channels, rows and columns: known at convolutions, and followed from there through everything that keeps or moves
/// axes. Transformers and TensorFlow's graphs have layers without the usual order, or with one axis for all cells.
extension Graph {
    /// Returns the layout of each node's value, nil for values without rows and columns.
    ///
    /// Where the axes of a value with four cannot be followed, it is taken for `[batch, channel, row, column]`, unless only its second and
    /// third axis are in the proportion of the input's rows and columns.
    ///
    /// - Parameters:
    ///   - shapes: The shape of each node's value.
    ///   - input: The image's rows and columns.
    func layouts(_ shapes: [[Int]], input: (rows: Int, columns: Int)) -> [LayerLayout?] {
        var roles: [[AxisRole?]?] = []
        for (index, node) in nodes.enumerated() {
            let known = axisRoles(of: node, shapes[index], shapes, roles)
            roles.append(known?.count == shapes[index].count ? known : nil)
        }
        return zip(roles, shapes).map { Self.layout($0, $1, input: input) }
    }

    private static func layout(
        _ roles: [AxisRole?]?, _ shape: [Int], input: (rows: Int, columns: Int)
    ) -> LayerLayout? {
        switch shape.count {
        case 4:
            if roles == [.batch, .row, .column, .channel] { return .channelsLast }
            if roles == [.batch, .channel, .row, .column] { return .channelsFirst }
            func isProportional(_ rows: Int, _ columns: Int) -> Bool {
                rows > 1 && rows * input.columns == columns * input.rows
            }
            return isProportional(shape[1], shape[2]) && !isProportional(shape[2], shape[3])
                ? .channelsLast : .channelsFirst
        case 3:
            guard let roles else { return nil }
            if case .cells(let rows, let columns, let leading)? = roles[1], roles[0] == .batch, roles[2] == .channel {
                return .tokens(rows: rows, columns: columns, leading: leading)
            }
            if case .cells(let rows, let columns, 0)? = roles[2], roles[0] == .batch, roles[1] == .channel,
                shape[2] == rows * columns
            {
                return .flattened(rows: rows, columns: columns)
            }
            return nil
        default: return nil
        }
    }

    private func axisRoles(
        of node: Node, _ shape: [Int], _ shapes: [[Int]], _ roles: [[AxisRole?]?]
    ) -> [AxisRole?]? {
        let usual: [AxisRole?]? = shape.count == 4 ? [.batch, .channel, .row, .column] : nil
        let first = node.inputs.first.flatMap { roles[$0.index] }
        switch node.operator {
        case nil: return usual
        case is Convolution, is TransposedConvolution, is DeformableConvolution, is MaxPooling, is AveragePooling,
            is GlobalAveragePooling, is BatchNormalization, is Resize, is NearestUpsampling, is BilinearUpsampling,
            is DepthToSpace, is SpaceToDepth, is InstanceNormalization, is GroupNormalization:
            return usual
        case let transpose as Transpose: return first.map { first in transpose.axes.map { first[$0] } }
        case is Reshape: return first.map { Self.reshaped($0, from: shapes[node.inputs[0].index], to: shape) }
        case let concatenation as Concatenate: return joined(node, concatenation.axis, shapes, roles)
        case let slice as Slice: return first.map { Self.sliced($0, slice, shapes[node.inputs[0].index]) }
        case is LayerNormalization, is Linear, is Padding: return first
        case is MatrixMultiplication:
            // Only the last axis is a mixture of others.
            return nodes[node.inputs[1].index].operator is Constant ? first : nil
        case let reduction as Reduction: return reduction.keepsAxes ? first : nil
        case is Gather, is Constant: return nil
        default:
            // Element-wise operators: the axes are those of an input of the same shape.
            return node.inputs.first { shapes[$0.index] == shape && roles[$0.index] != nil }.flatMap {
                roles[$0.index]
            }
        }
    }

    /// Axes that stay as they are keep their role; a row and a column axis may become one of cells, and one of cells both again.
    private static func reshaped(_ roles: [AxisRole?], from old: [Int], to new: [Int]) -> [AxisRole?] {
        var result = [AxisRole?](repeating: nil, count: new.count)
        if let batch = roles.first, batch == .batch, old.first == 1, new.first == 1 { result[0] = .batch }
        var (i, j) = (0, 0)
        while i < old.count && j < new.count {
            // The shortest run of old axes with as many elements as a run of new ones.
            var (before, after) = ([i], [j])
            var (left, right) = (old[i], new[j])
            (i, j) = (i + 1, j + 1)
            while left != right {
                if left < right, i < old.count {
                    (left, before, i) = (left * old[i], before + [i], i + 1)
                } else if left > right, j < new.count {
                    (right, after, j) = (right * new[j], after + [j], j + 1)
                } else {
                    return result
                }
            }
            let sources = before.filter { old[$0] > 1 }
            let targets = after.filter { new[$0] > 1 }
            if sources.count == 1, targets.count == 1 {
                result[targets[0]] = roles[sources[0]]
            } else if sources.map({ roles[$0] }) == [.row, .column], targets.count == 1 {
                result[targets[0]] = .cells(rows: old[sources[0]], columns: old[sources[1]], leading: 0)
            } else if sources.count == 1, case .cells(let rows, let columns, 0)? = roles[sources[0]],
                targets.map({ new[$0] }) == [rows, columns]
            {
                (result[targets[0]], result[targets[1]]) = (.row, .column)
            }
        }
        return result
    }

    private func joined(
        _ node: Node, _ axis: Int, _ shapes: [[Int]], _ roles: [[AxisRole?]?]
    ) -> [AxisRole?]? {
        let known = node.inputs.indices.filter { roles[node.inputs[$0].index] != nil }
        guard let first = known.first, var result = roles[node.inputs[first].index], result.indices.contains(axis)
        else { return nil }
        switch result[axis] {
        case .channel: return result
        case .cells(let rows, let columns, let leading):
            // Tokens before the cells; cells of several maps are none of a single one.
            let others = node.inputs.indices.filter { $0 != first }
            guard others.allSatisfy({ shapes[node.inputs[$0].index][axis] < rows * columns }), known.count == 1 else {
                return nil
            }
            let before = node.inputs[..<first].reduce(0) { $0 + shapes[$1.index][axis] }
            result[axis] = .cells(rows: rows, columns: columns, leading: leading + before)
            return result
        default: return nil
        }
    }

    private static func sliced(_ roles: [AxisRole?], _ slice: Slice, _ shape: [Int]) -> [AxisRole?] {
        var roles = roles
        for range in slice.ranges {
            guard case .cells(let rows, let columns, let leading)? = roles[range.axis] else { continue }
            let (first, count) = range.positions(shape[range.axis])
            let isWhole = range.step == 1 && first <= leading && first + count >= leading + rows * columns
            roles[range.axis] = isWhole ? .cells(rows: rows, columns: columns, leading: leading - first) : nil
        }
        return roles
    }
}
