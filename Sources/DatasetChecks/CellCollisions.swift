import Boxes
import Datasets
import DetectionHeads
import HeatmapTargets

/// The objects whose centre shares an output cell with another's, in images as they are, without augmentation.
public struct CellCollisions: Sendable {
    /// The number of objects in a cell of another object of the same class: two objects share a peak, so one is lost.
    public private(set) var sameClass = 0
    /// The number of objects in a cell of an object of another class: two peaks, but one size and one offset.
    public private(set) var crossClass = 0
    /// The images with a collision of either kind.
    public private(set) var images: [String] = []
    private let inputSize: InputExtent

    /// Counts the collisions of images that fill an input of `inputSize` pixels.
    public init(_ samples: [Sample], inputSize: InputExtent) {
        self.inputSize = inputSize
        for sample in samples {
            let before = sameClass + crossClass
            count(sample)
            if sameClass + crossClass > before { images.append(sample.id) }
        }
    }

    private mutating func count(_ sample: Sample) {
        struct Cell: Hashable { var row, column: Int }
        guard let map = sample.cells(inputSize: inputSize) else { return }
        let (rows, columns) = (inputSize.rows / outputStride, inputSize.columns / outputStride)
        var taken: [Cell: Set<Int>] = [:]
        for object in sample.objects where !object.isIgnored {
            let target = TargetObject(classIndex: object.classIndex, box: map(object.box), kind: object.kind)
            guard let (center, _) = target.place(rows: rows, columns: columns, options: TargetOptions()) else {
                continue
            }
            let cell = Cell(row: center.row, column: center.column)
            let classes = taken[cell, default: []]
            if classes.contains(object.classIndex) { sameClass += 1 } else if !classes.isEmpty { crossClass += 1 }
            taken[cell, default: []].insert(object.classIndex)
        }
    }

    /// A sentence on the objects that cannot be learned; nil without any.
    public var warning: String? {
        if sameClass + crossClass == 0 { return nil }
        let one = sameClass + crossClass == 1
        let named = images.prefix(3).joined(separator: ", ") + (images.count > 3 ? " and \(images.count - 3) more" : "")
        return
            "\(sameClass + crossClass) \(one ? "object lies" : "objects lie") in a cell of another object at input.size "
            + "\(inputSize) and cannot be learned beside it (in \(named)); a larger input.size keeps them apart"
    }
}
