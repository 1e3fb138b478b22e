import Boxes
import Datasets
import DetectionHeads

/// The sizes of boxes in output cells, and the collisions of their centres.
public struct BoxStatistics: Sendable {
    /// The reported percentiles.
    public static let percentiles = [0, 5, 25, 50, 75, 95, 100]
    /// The lower bounds of the histogram's bins, in cells.
    public static let bins = [0.0, 1, 2, 4, 8, 16, 32, 64]

    /// Widths and heights at ``percentiles``, in cells; empty without boxes.
    public var widths, heights: [Double]
    /// Of points, the distances to the nearest other point of the class in the image at ``percentiles``, in cells; empty for boxes.
    public var spacing: [Double]
    /// The number of boxes in each of ``bins``, by the square root of their area.
    public var histogram: [Int]
    /// The number of boxes narrower or lower than a cell.
    public var belowCell: Int
    /// The objects whose centres share a cell.
    public var collisions: CellCollisions
    /// The largest number of objects in an image.
    public var mostObjects: Int

    init(_ samples: [Sample], inputSize: InputExtent, classCount: Int) {
        let cells = samples.flatMap { sample -> [Box<OutputCells>] in
            guard let map = sample.cells(inputSize: inputSize) else { return [] }
            return sample.objects.lazy.filter { !$0.isIgnored && $0.kind == .boxes }.map { map($0.box) }
        }
        spacing = Self.quantiles(samples.flatMap { Self.spacing(of: $0, inputSize: inputSize) })
        widths = Self.quantiles(cells.map(\.width))
        heights = Self.quantiles(cells.map(\.height))
        belowCell = cells.filter { min($0.width, $0.height) < 1 }.count
        histogram = Array(repeating: 0, count: Self.bins.count)
        for box in cells {
            let side = box.area.squareRoot()
            histogram[max(0, (Self.bins.lastIndex { $0 <= side } ?? 0))] += 1
        }
        mostObjects = samples.map(\.objects.count).max() ?? 0
        collisions = CellCollisions(samples, inputSize: inputSize)
    }

    /// Returns the distance of each point of an image to its nearest neighbour.
    private static func spacing(of sample: Sample, inputSize: InputExtent) -> [Double] {
        guard let map = sample.cells(inputSize: inputSize) else { return [] }
        let points = sample.objects.filter { $0.kind == .points }
        return Dictionary(grouping: points, by: \.classIndex).values.flatMap { members in
            let places = members.map { map($0.box) }
            return places.indices.compactMap { index in
                places.indices.lazy.filter { $0 != index }.map { places[index].centerDistance(to: places[$0]) }.min()
            }
        }
    }

    private static func quantiles(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        if sorted.isEmpty { return [] }
        return percentiles.map { sorted[Int((Double($0) / 100 * Double(sorted.count - 1)).rounded())] }
    }
}
