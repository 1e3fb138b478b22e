import Foundation

/// The source cells and weights of each position of a resized axis.
///
/// Positions are computed in single precision, as in ONNX Runtime and PyTorch, because rounding decides which cell is nearest when a
/// position falls between two cells.
struct ResizedAxis {
    /// A source cell and its weight.
    struct Neighbour {
        let cell: Int
        let weight: Float
    }

    /// The positions of the resized axis.
    let positions: Range<Int>
    private let width: Int
    private var all: [Neighbour] = []

    init(_ resize: Resize, _ length: Resize.Length, from input: Int, to output: Int) {
        let scale: Float =
            switch length {
            case .scale(let scale): Float(scale)
            case .extent: Float(output) / Float(input)
            }
        func neighbour(_ cell: Int, _ weight: Float) -> Neighbour {
            Neighbour(cell: min(max(cell, 0), input - 1), weight: weight)
        }
        positions = 0..<output
        switch resize.mode {
        case .nearest: width = 1
        case .linear: width = 2
        case .cubic: width = 4
        }
        all.reserveCapacity(output * width)
        for position in positions {
            let place = Self.place(position, resize.coordinates, scale, input, output)
            switch resize.mode {
            case .nearest:
                all.append(neighbour(Self.nearest(place, resize.rounding), 1))
            case .linear:
                let place = min(max(place, 0), Float(input - 1))
                let low = Int(place)
                let share = place - Float(low)
                all += [neighbour(low, 1 - share), neighbour(low + 1, share)]
            case .cubic(let coefficient):
                let low = floor(place)
                let share = place - low
                for step in -1...2 {
                    let weight = Self.cubic(abs(share - Float(step)), coefficient)
                    all.append(neighbour(Int(low) + step, weight))
                }
            }
        }
    }

    /// Returns the source cells of a position.
    func neighbours(of position: Int) -> ArraySlice<Neighbour> { all[position * width..<(position + 1) * width] }

    private static func place(
        _ position: Int, _ coordinates: Resize.Coordinates, _ scale: Float, _ input: Int, _ output: Int
    ) -> Float {
        let position = Float(position)
        switch coordinates {
        case .halfPixel: return (position + 0.5) / scale - 0.5
        case .pytorchHalfPixel: return output > 1 ? (position + 0.5) / scale - 0.5 : 0
        case .asymmetric: return position / scale
        case .alignCorners: return output > 1 ? position * Float(input - 1) / Float(output - 1) : 0
        case .halfPixelSymmetric:
            let share = Float(output) / (scale * Float(input))
            return Float(input) / 2 * (1 - share) + (position + 0.5) / scale - 0.5
        }
    }

    private static func nearest(_ place: Float, _ rounding: Resize.Rounding) -> Int {
        switch rounding {
        case .floor: Int(floor(place))
        case .ceil: Int(ceil(place))
        case .roundPreferFloor: Int(place - floor(place) == 0.5 ? floor(place) : place.rounded())
        case .roundPreferCeil: Int(place - floor(place) == 0.5 ? ceil(place) : place.rounded())
        }
    }

    /// Returns Keys' kernel at a distance of less than 2.
    private static func cubic(_ distance: Float, _ a: Float) -> Float {
        let x = distance
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
}
