import Graphs

/// Two numbers, one for rows and one for columns: a kernel's extent, a stride, a padding.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The vertical number.
    public let rows: Int
    /// The horizontal number.
    public let columns: Int

    /// Two numbers.
    public init(_ rows: Int, _ columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// The same number twice.
    public init(_ both: Int) { self.init(both, both) }

    /// The same number twice.
    public init(integerLiteral value: Int) { self.init(value, value) }

    /// Rows times columns.
    var area: Int { rows * columns }
}

/// A window that slides over a padded map: the geometry that convolution and pooling share.
struct Window: Hashable, Sendable {
    var kernel: Extent
    var stride: Extent
    var padding: Extent
    var dilation: Extent

    init(kernel: Extent, stride: Extent, padding: Extent, dilation: Extent = 1) {
        precondition(
            kernel.rows > 0 && kernel.columns > 0 && stride.rows > 0 && stride.columns > 0 && dilation.rows > 0
                && dilation.columns > 0 && padding.rows >= 0 && padding.columns >= 0,
            "a window needs a positive kernel, stride and dilation: \(kernel), \(stride), \(padding), \(dilation)")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
    }

    /// How many positions the window has over a map of `rows` x `columns`.
    func positions(rows: Int, columns: Int) throws(ShapeError) -> Extent {
        let height = rows + 2 * padding.rows - dilation.rows * (kernel.rows - 1) - 1
        let width = columns + 2 * padding.columns - dilation.columns * (kernel.columns - 1) - 1
        guard height >= 0, width >= 0 else {
            throw ShapeError(
                "a \(kernel.rows)x\(kernel.columns) kernel does not fit a map of \(rows)x\(columns) with padding "
                    + "\(padding.rows)x\(padding.columns)")
        }
        return Extent(height / stride.rows + 1, width / stride.columns + 1)
    }

    /// The extent of the map whose window positions are `rows` x `columns`, as a transposed convolution makes it.
    func covered(rows: Int, columns: Int, outputPadding: Extent) throws(ShapeError) -> Extent {
        let height =
            (rows - 1) * stride.rows - 2 * padding.rows + dilation.rows * (kernel.rows - 1) + outputPadding.rows + 1
        let width =
            (columns - 1) * stride.columns - 2 * padding.columns + dilation.columns * (kernel.columns - 1)
            + outputPadding.columns + 1
        guard height > 0, width > 0 else {
            throw ShapeError(
                "a map of \(rows)x\(columns) leaves nothing after padding \(padding.rows)x\(padding.columns)")
        }
        return Extent(height, width)
    }

    /// The positions along one axis at which kernel element `offset` lies inside a map of `extent`.
    static func inside(offset: Int, stride: Int, extent: Int, positions: Int) -> Range<Int> {
        // First position with position * stride + offset >= 0, and the first one beyond the map.
        let first = offset >= 0 ? 0 : (-offset + stride - 1) / stride
        let end = extent - offset <= 0 ? 0 : (extent - offset + stride - 1) / stride
        return min(first, positions)..<max(min(first, positions), min(end, positions))
    }
}

/// The extents of a batch of maps.
struct MapShape {
    let batch, channels, rows, columns: Int
    var area: Int { rows * columns }

    init(_ shape: [Int]) {
        precondition(shape.count == 4, "maps are [batch, channel, row, column], not \(shape)")
        (batch, channels, rows, columns) = (shape[0], shape[1], shape[2], shape[3])
    }

    /// The extents of something that should be a batch of maps with `channels` channels.
    init(checking shape: [Int], channels: Int? = nil) throws(ShapeError) {
        guard shape.count == 4, shape.allSatisfy({ $0 > 0 }) else {
            throw ShapeError("a map is [batch, channel, row, column], and this is \(shape)")
        }
        if let channels, shape[1] != channels {
            throw ShapeError("\(channels) channels were expected, and \(shape) has \(shape[1])")
        }
        self.init(shape)
    }
}
