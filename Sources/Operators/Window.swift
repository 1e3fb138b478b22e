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

    var text: String { "\(rows)x\(columns)" }
}

/// A window that slides over a padded map: the geometry that convolution and pooling share.
struct Window: Hashable, Sendable {
    var kernel: Extent
    var stride: Extent
    /// Cells around the map; where it ends, ``paddingEnd`` says otherwise.
    var padding: Extent
    var dilation: Extent
    /// Cells below and to the right of the map.
    var paddingEnd: Extent
    /// Whether a last position counts whose window reaches beyond the padding, as long as it does not begin there.
    var roundsUp: Bool

    init(
        kernel: Extent, stride: Extent, padding: Extent, dilation: Extent = 1, paddingEnd: Extent? = nil,
        roundsUp: Bool = false
    ) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.paddingEnd = paddingEnd ?? padding
        self.roundsUp = roundsUp
    }

    /// How many positions the window has over a map of `rows` x `columns`.
    func positions(rows: Int, columns: Int) throws(ShapeError) -> Extent {
        try requireSense()
        func positions(_ extent: Int, _ axis: KeyPath<Extent, Int>) -> Int? {
            let (before, after) = (padding[keyPath: axis], paddingEnd[keyPath: axis])
            let room = extent + before + after - dilation[keyPath: axis] * (kernel[keyPath: axis] - 1) - 1
            guard room >= 0 else { return nil }
            let stride = stride[keyPath: axis]
            guard roundsUp else { return room / stride + 1 }
            let last = (room + stride - 1) / stride
            return last * stride >= extent + before ? last : last + 1
        }
        guard let height = positions(rows, \.rows), let width = positions(columns, \.columns) else {
            throw ShapeError(
                "a \(kernel.rows)x\(kernel.columns) kernel does not fit a map of \(rows)x\(columns) with padding "
                    + "\(padding.rows)x\(padding.columns)")
        }
        return Extent(height, width)
    }

    /// The extent of the map whose window positions are `rows` x `columns`, as a transposed convolution makes it.
    func covered(rows: Int, columns: Int, outputPadding: Extent) throws(ShapeError) -> Extent {
        try requireSense()
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

    /// A window of at least one cell that goes forward, in numbers whose products are numbers.
    private func requireSense() throws(ShapeError) {
        let limit = 1 << 30
        func all(_ extent: Extent, atLeast least: Int) -> Bool {
            (least..<limit).contains(extent.rows) && (least..<limit).contains(extent.columns)
        }
        guard all(kernel, atLeast: 1), all(stride, atLeast: 1), all(dilation, atLeast: 1), all(padding, atLeast: 0),
            all(paddingEnd, atLeast: 0)
        else {
            throw ShapeError(
                "no window has the kernel \(kernel.text), stride \(stride.text), dilation \(dilation.text), padding "
                    + "\(padding.text) and \(paddingEnd.text) behind")
        }
    }

    /// The kernel's elements along one axis that lie on the map when the window begins at a position of it.
    static func onMap(start: Int, dilation: Int, kernel: Int, extent: Int) -> Range<Int> {
        inside(offset: start, stride: dilation, extent: extent, positions: kernel)
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
