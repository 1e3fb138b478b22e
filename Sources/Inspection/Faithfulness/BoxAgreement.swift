import Boxes
import Tensors

/// The pointing game: whether the map's highest pixel lies in the object's box.
///
/// Zhang et al., "Top-down Neural Attention by Excitation Backprop" (2016), section 4.2, who allow a margin of 15 pixels. A pixel lies in a
/// box when its centre does. If several pixels are highest, the result is the share of them inside the box, the expected score of pointing
/// at one of them at random, so that a flat map scores no more than the box's share of the image.
///
/// - Parameters:
///   - map: `[row, column]` of the input.
/// - margin: By how many pixels the box is widened on every side.
/// - Returns: Between 0 and 1; 0 when every value of the map is NaN.
public func pointingGame(map: Tensor, box: Box<InputPixels>, margin: Double = 0) -> Double {
    let inside = PixelsInBox(map, box, margin: margin)
    return map.withElements { map in
        guard let highest = map.lazy.filter({ !$0.isNaN }).max() else { return 0 }
        var (hits, ties) = (0, 0)
        for pixel in map.indices where map[pixel] == highest {
            ties += 1
            if inside.contains(pixel) { hits += 1 }
        }
        return Double(hits) / Double(ties)
    }
}

/// The share of the map's sum that lies in the object's box.
///
/// Wang et al., "Score-CAM" (2020), section 4.3, the energy-based pointing game. A pixel lies in a box when its centre does.
///
/// - Parameter map: `[row, column]` of the input, never negative.
/// - Returns: Between 0 and 1; 0 for a map without any energy.
public func energyInBox(map: Tensor, box: Box<InputPixels>) -> Double {
    let pixels = PixelsInBox(map, box, margin: 0)
    return map.withElements { map in
        var (inside, all) = (0.0, 0.0)
        for pixel in map.indices where map[pixel] > 0 {
            all += Double(map[pixel])
            if pixels.contains(pixel) { inside += Double(map[pixel]) }
        }
        return all > 0 && all.isFinite ? inside / all : 0
    }
}

/// The pixels of a map whose centres lie in a box.
private struct PixelsInBox {
    private let rows: Range<Int>
    private let columns: Range<Int>
    private let width: Int

    init(_ map: Tensor, _ box: Box<InputPixels>, margin: Double) {
        precondition(map.shape.count == 2, "\(map.shape) is not the shape of a map")
        width = map.shape[1]
        rows = Self.pixels(from: box.yMin - margin, to: box.yMax + margin, count: map.shape[0])
        columns = Self.pixels(from: box.xMin - margin, to: box.xMax + margin, count: map.shape[1])
    }

    @inline(__always)
    func contains(_ pixel: Int) -> Bool { rows.contains(pixel / width) && columns.contains(pixel % width) }

    /// The indices whose centres, half a pixel on, are in `[low, high)`.
    private static func pixels(from low: Double, to high: Double, count: Int) -> Range<Int> {
        func bound(_ edge: Double) -> Int { Int(min(max((edge - 0.5).rounded(.up), 0), Double(count))) }
        guard low.isFinite, high.isFinite else { return 0..<0 }
        return bound(low)..<max(bound(low), bound(high))
    }
}
