import Graphs

/// Two numbers, one for rows and one for columns: a kernel size, a stride or a padding.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The vertical number.
    public let rows: Int
    /// The horizontal number.
    public let columns: Int

    /// Creates an extent from two numbers.
    public init(_ rows: Int, _ columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// Creates an extent from one number, used twice.
    public init(_ both: Int) { self.init(both, both) }

    /// Creates an extent from one number, used twice.
    public init(integerLiteral value: Int) { self.init(value, value) }

    /// Rows times columns.
    var area: Int { rows * columns }

    var text: String { "\(rows)x\(columns)" }
}

/// A window that slides over a padded map: the geometry shared by convolution and pooling.
public struct Window: Hashable, Sendable {
    /// The window's size.
    public let kernel: Extent
    /// Cells between two window positions.
    public let stride: Extent
    /// Cells above and to the left of the map; for the other side see ``paddingEnd``.
    public let padding: Extent
    /// Cells between two elements of the window.
    public let dilation: Extent
    /// Cells below and to the right of the map.
    public let paddingEnd: Extent
    /// Whether a last window may reach beyond the padding, as long as it does not begin there.
    public let ceilMode: Bool

    init(
        kernel: Extent, stride: Extent, padding: Extent, dilation: Extent = 1, paddingEnd: Extent? = nil,
        ceilMode: Bool = false
    ) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.paddingEnd = paddingEnd ?? padding
        self.ceilMode = ceilMode
    }

    /// Returns the number of window positions on a map of `rows` x `columns`.
    func positions(rows: Int, columns: Int) throws(ShapeError) -> Extent {
        try requireSense()
        func positions(_ extent: Int, _ axis: KeyPath<Extent, Int>) -> Int? {
            let (before, after) = (padding[keyPath: axis], paddingEnd[keyPath: axis])
            let room = extent + before + after - dilation[keyPath: axis] * (kernel[keyPath: axis] - 1) - 1
            guard room >= 0 else { return nil }
            let stride = stride[keyPath: axis]
            guard ceilMode else { return room / stride + 1 }
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

    /// Returns the size of the map whose window positions are `rows` x `columns`, as for a transposed convolution's output.
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

    /// Checks that the window is not empty, moves forward, and cannot overflow.
    private func requireSense() throws(ShapeError) {
        let limit = 1 << 30
        func all(_ extent: Extent, atLeast least: Int) -> Bool {
            (least..<limit).contains(extent.rows) && (least..<limit).contains(extent.columns)
        }
        guard all(kernel, atLeast: 1), all(stride, atLeast: 1), all(dilation, atLeast: 1), all(padding, atLeast: 0),
            all(paddingEnd, atLeast: 0)
        else {
            throw ShapeError(
                "invalid window: kernel \(kernel.text), stride \(stride.text), dilation \(dilation.text), padding "
                    + "\(padding.text), end padding \(paddingEnd.text)")
        }
    }

    /// Returns the kernel elements along one axis that lie on the map when the window begins at `start`.
    static func onMap(start: Int, dilation: Int, kernel: Int, extent: Int) -> Range<Int> {
        inside(offset: start, stride: dilation, extent: extent, positions: kernel)
    }

    /// Returns the positions along one axis at which kernel element `offset` lies on a map of `extent`.
    static func inside(offset: Int, stride: Int, extent: Int, positions: Int) -> Range<Int> {
        // The first position with position * stride + offset >= 0, and the first one beyond the map.
        let first = offset >= 0 ? 0 : (-offset + stride - 1) / stride
        let end = extent - offset <= 0 ? 0 : (extent - offset + stride - 1) / stride
        return min(first, positions)..<max(min(first, positions), min(end, positions))
    }
}

/// The shape of a batch of maps.
struct MapShape {
    let batch, channels, rows, columns: Int
    var area: Int { rows * columns }

    init(_ shape: [Int]) {
        precondition(shape.count == 4, "maps are [batch, channel, row, column], not \(shape)")
        (batch, channels, rows, columns) = (shape[0], shape[1], shape[2], shape[3])
    }

    /// Checks that a shape is a batch of maps, with `channels` channels if given.
    init(checking shape: [Int], channels: Int? = nil) throws(ShapeError) {
        guard shape.count == 4, shape.allSatisfy({ $0 > 0 }) else {
            throw ShapeError("a map must be [batch, channel, row, column], not \(shape)")
        }
        if let channels, shape[1] != channels {
            throw ShapeError("\(channels) channels were expected, but \(shape) has \(shape[1])")
        }
        self.init(shape)
    }

    /// The shape with rows and columns times an integer factor.
    func enlarged(by scale: Int) throws(ShapeError) -> [Int] {
        [batch, channels, try Extents.product(rows, scale), try Extents.product(columns, scale)]
    }
}
