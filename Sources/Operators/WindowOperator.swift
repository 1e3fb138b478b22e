import Graphs

/// An operator that slides a window over maps: a convolution or a pooling.
public protocol WindowOperator: Operator {
    /// The window. A transposed convolution slides it over its output.
    var window: Window { get }
}

extension WindowOperator {
    /// The window's size.
    public var kernel: Extent { window.kernel }
    /// Cells between two window positions.
    public var stride: Extent { window.stride }
    /// Cells around the map, or for a transposed convolution, cells cropped around it.
    public var padding: Extent { window.padding }
    /// Cells between two elements of the window.
    public var dilation: Extent { window.dilation }

    /// Returns `[batch, channels, positions, positions]`; by default, there are as many channels as in the input.
    func positions(on input: MapShape, channels: Int? = nil) throws(ShapeError) -> [Int] {
        let positions = try window.positions(rows: input.rows, columns: input.columns)
        return [input.batch, channels ?? input.channels, positions.rows, positions.columns]
    }
}

/// A pooling: one number for each window.
public protocol PoolingOperator: WindowOperator {}

extension PoolingOperator {
    /// Cells below and to the right of the map.
    public var paddingEnd: Extent { window.paddingEnd }
    /// Whether a last window may reach beyond the padding, as long as it does not begin there.
    public var ceilMode: Bool { window.ceilMode }

    /// `[batch, channel, positions, positions]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try positions(on: try MapShape(checking: inputs[0]))
    }
}
