import Boxes
import Tensors

/// Operations on a drawn view `[3, row, column]` as a whole.
extension TensorView {
    /// Sets every pixel whose centre lies outside a box to one colour, given as one number per channel.
    package func fillOutside(_ box: Box<InputPixels>, colors: [Float]) {
        precondition(shape.count == 3 && shape[0] == colors.count, "\(colors.count) colours for a view of \(shape)")
        let (rows, columns) = (shape[1], shape[2])
        for (channel, color) in colors.enumerated() {
            for row in 0..<rows {
                let isOutside = Double(row) + 0.5 < box.yMin || Double(row) + 0.5 > box.yMax
                let start = pointer + (channel * rows + row) * columns
                for column in 0..<columns
                where isOutside || Double(column) + 0.5 < box.xMin || Double(column) + 0.5 > box.xMax {
                    start[column] = color
                }
            }
        }
    }

    /// Swaps two items of the first axis, such as red and blue.
    package func exchangeItems(_ first: Int, _ second: Int) {
        let (one, other) = (item(first), item(second))
        for index in 0..<one.count {
            let kept = one.pointer[index]
            one.pointer[index] = other.pointer[index]
            other.pointer[index] = kept
        }
    }
}

extension ScaledImage {
    /// The full image's edges.
    public var bounds: Box<ImagePixels> { Box(xMin: 0, yMin: 0, xMax: Double(width), yMax: Double(height)) }
}
