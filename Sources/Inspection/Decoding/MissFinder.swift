import Boxes
import Evaluation
import HeatmapTargets
import PeakDecoding
import Tensors

/// Finds the reason for every missed object of an image, in the order that ``MissReason`` states.
struct MissFinder {
    private static let minimumOverlap = 0.5
    /// The neighbourhood of a point, which has no size, in cells.
    private static let pointReach = 4

    private struct Place {
        let object: GroundTruthBox
        let target: (center: DetectionTargets.Center, radius: Int)?
    }

    private let trace: DecodingTrace
    private let heatmap: Tensor
    private let back: AffineMap<OutputCells, ImagePixels>
    private let places: [Place]
    /// What decides in place of the overlap; nil for boxes.
    private let similarity: ((ScoredBox, GroundTruthBox) -> Double)?
    /// For each candidate, whether it found an object.
    private let isTaken: [Bool]

    init(
        trace: DecodingTrace, heatmap: Tensor, imageToCells: AffineMap<ImagePixels, OutputCells>,
        back: AffineMap<OutputCells, ImagePixels>, review: ImageReview, targets: TargetOptions,
        similarity: ((ScoredBox, GroundTruthBox) -> Double)?
    ) {
        self.trace = trace
        self.heatmap = heatmap
        self.back = back
        self.similarity = similarity
        let kind: ObjectKind = similarity == nil ? .boxes : .points
        places = review.missed.map { object in
            Place(
                object: object,
                target: TargetObject(classIndex: object.classIndex, box: imageToCells(object.box), kind: kind).place(
                    rows: heatmap.shape[1], columns: heatmap.shape[2], options: targets))
        }
        var isTaken = [Bool](repeating: false, count: trace.candidates.count)
        // Both are sorted by score; equal scores keep the map's order.
        for (candidate, finding) in zip(trace.kept, review.findings) where finding.verdict == .matched {
            isTaken[candidate.rank - 1] = true
        }
        self.isTaken = isTaken
    }

    var misses: [DecodingExplanation.Miss] {
        places.map { place in
            DecodingExplanation.Miss(
                object: place.object, center: place.target?.center, radius: place.target?.radius ?? 0,
                reason: reason(place))
        }
    }

    private func reason(_ place: Place) -> MissReason {
        guard let (center, radius) = place.target else { return .outsideMap }
        let reach = max(similarity == nil ? 1 : Self.pointReach, radius)
        let near = trace.candidates.indices.filter {
            let cell = trace.candidates[$0].cell
            return !isTaken[$0] && abs(cell.row - center.row) <= reach && abs(cell.column - center.column) <= reach
        }
        let own = near.filter { trace.candidates[$0].cell.classIndex == center.classIndex && isNearest(center, $0) }
        let summit = summit(around: center)
        return shared(place.object) ?? offPlace(own, place.object) ?? suppressed(summit)
            ?? otherClass(near, center, summit) ?? faint(own) ?? .noPeak(highest: summit)
    }

    private func overlap(_ candidate: Int, _ object: GroundTruthBox) -> Double {
        let box = trace.candidates[candidate].detection.mapped(by: back).box
        guard box.isFinite else { return 0 }
        guard let similarity else { return box.intersectionOverUnion(object.box) }
        return similarity(
            ScoredBox(image: object.image, classIndex: object.classIndex, box: box, kind: .points, score: 0), object)
    }

    private func shared(_ object: GroundTruthBox) -> MissReason? {
        trace.candidates.indices.filter {
            trace.candidates[$0].outcome == .kept && trace.candidates[$0].cell.classIndex == object.classIndex
        }.map { (candidate: $0, overlap: overlap($0, object)) }.filter { $0.overlap > Self.minimumOverlap }
            .max { $0.overlap < $1.overlap }.map { .shared(candidate: $0.candidate, overlap: $0.overlap) }
    }

    /// Peaks that reach the threshold and belong to the object, but whose boxes did not find it.
    private func offPlace(_ own: [Int], _ object: GroundTruthBox) -> MissReason? {
        let high = own.filter { trace.candidates[$0].outcome != .belowThreshold }
        let overlaps = high.map { overlap($0, object) }
        if let index = zip(high, overlaps).first(where: {
            trace.candidates[$0].outcome == .beyondLimit && $1 > Self.minimumOverlap
        })?.0 {
            return .beyondLimit(candidate: index)
        }
        let finite = zip(high, overlaps).filter { trace.candidates[$0.0].box.isFinite }
        if let best = finite.max(by: { $0.1 < $1.1 }) { return .wrongSize(candidate: best.0, overlap: best.1) }
        return high.first.map { .notFinite(candidate: $0) }
    }

    private func suppressed(_ summit: DecodingTrace.Cell) -> MissReason? {
        guard Double(summit.probability) >= trace.threshold else { return nil }
        let peak =
            trace.candidates.firstIndex { $0.cell == summit } ?? trace.suppressed.first { $0.cell == summit }?.peak
        return .suppressed(cell: summit, peak: peak)
    }

    private func otherClass(
        _ near: [Int], _ center: DetectionTargets.Center, _ summit: DecodingTrace.Cell
    ) -> MissReason? {
        near.first {
            trace.candidates[$0].outcome != .belowThreshold
                && trace.candidates[$0].cell.classIndex != center.classIndex
        }.map { .otherClass(candidate: $0, own: summit) }
    }

    private func faint(_ own: [Int]) -> MissReason? {
        own.first { Double(trace.candidates[$0].cell.probability) >= MissReason.faintShare * trace.threshold }
            .map { .belowThreshold(candidate: $0) }
    }

    /// Whether no other missed object of the class has its centre closer to a peak.
    private func isNearest(_ center: DetectionTargets.Center, _ candidate: Int) -> Bool {
        let cell = trace.candidates[candidate].cell
        func distance(_ other: DetectionTargets.Center) -> Int {
            let (rows, columns) = (other.row - cell.row, other.column - cell.column)
            return rows * rows + columns * columns
        }
        return places.compactMap(\.target?.center).allSatisfy {
            $0.classIndex != center.classIndex || distance(center) <= distance($0)
        }
    }

    /// The highest of a centre cell and the eight around it, in the channel of its class; the first of equal ones. NaN counts as zero.
    private func summit(around center: DetectionTargets.Center) -> DecodingTrace.Cell {
        var best = cell(center.classIndex, center.row, center.column)
        for row in max(0, center.row - 1)...min(heatmap.shape[1] - 1, center.row + 1) {
            for column in max(0, center.column - 1)...min(heatmap.shape[2] - 1, center.column + 1) {
                let other = cell(center.classIndex, row, column)
                if other.probability > best.probability { best = other }
            }
        }
        return best
    }

    private func cell(_ classIndex: Int, _ row: Int, _ column: Int) -> DecodingTrace.Cell {
        let probability = heatmap[classIndex, row, column]
        return DecodingTrace.Cell(
            classIndex: classIndex, row: row, column: column, probability: probability.isNaN ? 0 : probability)
    }
}
