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
    /// The number of boxes in each of ``bins``, by the square root of their area.
    public var histogram: [Int]
    /// The number of boxes narrower or lower than a cell.
    public var belowCell: Int
    /// The number of objects whose centre shares a cell with another object of the same class: two objects share a peak, so one is lost.
    public var sameClassCollisions: Int
    /// The number of objects whose centre shares a cell with an object of another class: two peaks, but one size and one offset.
    public var crossClassCollisions: Int
    /// The images with a collision of either kind.
    public var collidingImages: [String]
    /// The largest number of objects in an image.
    public var mostObjects: Int

    init(_ samples: [Sample], inputSize: Int, classCount: Int) {
        let cells = samples.flatMap { sample -> [Box<OutputCells>] in
            guard let map = sample.cells(inputSize: inputSize) else { return [] }
            return sample.objects.lazy.filter { !$0.isIgnored }.map { map($0.box) }
        }
        widths = Self.quantiles(cells.map(\.width))
        heights = Self.quantiles(cells.map(\.height))
        belowCell = cells.filter { min($0.width, $0.height) < 1 }.count
        histogram = Array(repeating: 0, count: Self.bins.count)
        for box in cells {
            let side = box.area.squareRoot()
            histogram[max(0, (Self.bins.lastIndex { $0 <= side } ?? 0))] += 1
        }
        mostObjects = samples.map(\.objects.count).max() ?? 0
        (sameClassCollisions, crossClassCollisions, collidingImages) = (0, 0, [])
        for sample in samples {
            let (same, cross) = Self.collisions(sample, inputSize: inputSize)
            sameClassCollisions += same
            crossClassCollisions += cross
            if same + cross > 0 { collidingImages.append(sample.id) }
        }
    }

    private static func quantiles(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        if sorted.isEmpty { return [] }
        return percentiles.map { sorted[Int((Double($0) / 100 * Double(sorted.count - 1)).rounded())] }
    }

    /// Counts objects whose cell is already occupied, by the same class or else by another class.
    private static func collisions(_ sample: Sample, inputSize: Int) -> (same: Int, cross: Int) {
        struct Cell: Hashable { var row, column: Int }
        guard let map = sample.cells(inputSize: inputSize) else { return (0, 0) }
        let limit = Double(inputSize / outputStride - 1)
        var taken: [Cell: Set<Int>] = [:]
        var (same, cross) = (0, 0)
        for object in sample.objects where !object.isIgnored {
            let box = map(object.box).clipped(width: limit, height: limit)
            if box.isEmpty { continue }
            let classes = taken[Cell(row: Int(box.centerY), column: Int(box.centerX)), default: []]
            if classes.contains(object.classIndex) { same += 1 } else if !classes.isEmpty { cross += 1 }
            taken[Cell(row: Int(box.centerY), column: Int(box.centerX)), default: []].insert(object.classIndex)
        }
        return (same, cross)
    }
}
