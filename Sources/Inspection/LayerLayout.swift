import Tensors

/// Where the channels, rows and columns of a layer are in its value.
public enum LayerLayout: Hashable, Sendable {
    /// `[channel, row, column]`.
    case channelsFirst
    /// `[row, column, channel]` (Swin, ConvNeXt, TensorFlow).
    case channelsLast
    /// `[token, channel]`: a token for each cell, row by row, after some that belong to no cell, such as a class token (ViT).
    case tokens(rows: Int, columns: Int, leading: Int)
    /// `[channel, cell]`, row by row.
    case flattened(rows: Int, columns: Int)

    /// Returns the number of channels, rows and columns of a value of this shape, without the batch.
    func extents(_ shape: [Int]) -> (channels: Int, rows: Int, columns: Int) {
        switch self {
        case .channelsFirst: (shape[0], shape[1], shape[2])
        case .channelsLast: (shape[2], shape[0], shape[1])
        case .tokens(let rows, let columns, _): (shape[1], rows, columns)
        case .flattened(let rows, let columns): (shape[0], rows, columns)
        }
    }

    /// Returns a value without its batch as maps `[channel, row, column]`; tokens that belong to no cell are left out.
    public func maps(_ value: Tensor) -> Tensor {
        if self == .channelsFirst { return value }
        let (channels, rows, columns) = extents(value.shape)
        let cells = rows * columns
        if case .flattened = self { return value.reshaped([channels, rows, columns]) }
        var maps = Tensor(uninitialized: [channels, rows, columns])
        let first = firstElement(channels)
        value.withElements { source in
            maps.withMutableElements { target in
                for channel in 0..<channels {
                    for cell in 0..<cells {
                        target[channel * cells + cell] = source[first + cell * channels + channel]
                    }
                }
            }
        }
        return maps
    }

    /// Returns maps `[count, channel, row, column]` as values of the layer; tokens that belong to no cell are those of `original`.
    func values(_ maps: Tensor, original: Tensor) -> Tensor {
        let shape = [maps.shape[0]] + original.shape
        switch self {
        case .channelsFirst: return maps
        case .flattened: return maps.reshaped(shape)
        case .channelsLast, .tokens: break
        }
        let (channels, rows, columns) = extents(original.shape)
        let (cells, first) = (rows * columns, firstElement(channels))
        var values = Tensor(uninitialized: shape)
        maps.withElements { source in
            original.withElements { original in
                values.withMutableElements { target in
                    for item in 0..<maps.shape[0] {
                        let start = item * original.count
                        for index in original.indices { target[start + index] = original[index] }
                        for channel in 0..<channels {
                            for cell in 0..<cells {
                                target[start + first + cell * channels + channel] =
                                    source[(item * channels + channel) * cells + cell]
                            }
                        }
                    }
                }
            }
        }
        return values
    }

    /// The index of the first cell's first channel.
    private func firstElement(_ channels: Int) -> Int {
        if case .tokens(_, _, let leading) = self { return leading * channels }
        return 0
    }

    /// Returns whether an element of a value of this shape, by its index, belongs to a cell.
    func isOfCell(_ index: Int, _ shape: [Int]) -> Bool {
        guard case .tokens(let rows, let columns, let leading) = self else { return true }
        return (leading..<leading + rows * columns).contains(index / shape[1])
    }
}
