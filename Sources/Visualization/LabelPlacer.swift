import Boxes

/// Finds places for the labels of boxes: inside the image, close to their boxes, and without overlap.
package struct LabelPlacer {
    private let width, height: Double
    private let boxes: [Box<CanvasPixels>]
    private var labels: [Box<CanvasPixels>] = []

    /// Creates a placer for an image of `width x height` pixels with these boxes on it.
    package init(width: Double, height: Double, boxes: [Box<CanvasPixels>]) {
        self.width = width
        self.height = height
        self.boxes = boxes
    }

    /// Takes the best free place for a label that belongs to `box`; earlier calls choose first.
    package mutating func place(width: Double, height: Double, for box: Box<CanvasPixels>) -> Box<CanvasPixels> {
        let candidates = corners(of: box, width: width, height: height).map { corner in
            let x = max(0, min(corner.x, self.width - width))
            let y = max(0, min(corner.y, self.height - height))
            return Box<CanvasPixels>(xMin: x, yMin: y, xMax: x + width, yMax: y + height)
        }
        let costs = candidates.enumerated().map { order, candidate in cost(candidate, of: box) + 0.03 * Double(order) }
        let best = zip(candidates, costs).min { $0.1 < $1.1 }?.0 ?? box
        labels.append(best)
        return best
    }

    /// Candidates for a label's upper left corner, the preferred ones first.
    private func corners(of box: Box<CanvasPixels>, width: Double, height: Double) -> [(x: Double, y: Double)] {
        [
            (box.xMin, box.yMin - height), (box.xMin, box.yMax), (box.xMin, box.yMin),
            (box.xMax - width, box.yMin - height), (box.xMax - width, box.yMax), (box.xMin, box.yMax - height),
            (box.xMax - width, box.yMin), (box.xMax - width, box.yMax - height), (box.xMax, box.yMin),
            (box.xMin - width, box.yMin), (box.xMax, box.yMax - height), (box.xMin - width, box.yMax - height),
        ]
    }

    /// The cost of a place. Hiding another label, even just its edge, is much worse than hiding part of another box.
    private func cost(_ place: Box<CanvasPixels>, of box: Box<CanvasPixels>) -> Double {
        func share(_ other: Box<CanvasPixels>) -> Double { place.intersection(other).area / place.area }
        let hiddenLabels = labels.reduce(0) { $0 + share($1) }
        let hiddenBoxes = boxes.reduce(0) { $0 + ($1 == box ? 0 : min(share($1), 0.5)) }
        return (hiddenLabels > 1e-6 ? 1 + 4 * hiddenLabels : 0) + 0.15 * min(hiddenBoxes, 1)
    }
}
