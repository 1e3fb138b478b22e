import Boxes

/// How detected points are compared with annotated ones.
public struct PointOptions: Hashable, Sendable {
    /// The largest distance, in pixels of the image, between a detection and the object that it finds.
    public var distance: Double
    /// The same as a share of the distance between the object and the nearest other one of its class; 0 disregards neighbours.
    public var neighbourShare: Double
    /// The minimum score of the detections that are counted, and that precision, recall and F1 are about.
    public var minimumScore: Double

    /// Creates options.
    public init(distance: Double = 10, neighbourShare: Double = 0, minimumScore: Double = 0.3) {
        self.distance = distance
        self.neighbourShare = neighbourShare
        self.minimumScore = minimumScore
    }

    /// Returns the largest distance of each object of one image and class: ``distance``, or less in a crowd. Objects at the same place have
    /// no distance from each other.
    func distances(of objects: [GroundTruthBox]) -> [Double] {
        guard neighbourShare > 0 else { return objects.map { _ in distance } }
        return objects.indices.map { index in
            let nearest = objects.indices.lazy.filter { $0 != index }
                .map { objects[$0].box.centerDistance(to: objects[index].box) }.min()
            return nearest.map { min(distance, neighbourShare * $0) } ?? distance
        }
    }

    /// Returns how well a detection fits an object of the ground truth, in `0...1` and above 0.5 within the object's distance: in place of
    /// the overlap of boxes in reviews and confusion matrices.
    package func similarity(in groundTruth: [GroundTruthBox]) -> (ScoredBox, GroundTruthBox) -> Double {
        var limits: [GroundTruthBox: Double] = [:]
        if neighbourShare > 0 {
            let groups = Dictionary(grouping: groundTruth) { [$0.image, $0.classIndex] }
            for objects in groups.values {
                for (object, limit) in zip(objects, distances(of: objects)) { limits[object] = limit }
            }
        }
        let usual = distance
        return { detection, object in
            if object.crowd { return object.box.contains(detection.box) ? 1 : 0 }
            // A little more than the distance, which is still within.
            let limit = max(limits[object] ?? usual, 1e-9) * (1 + 1e-9)
            return max(0, 1 - detection.box.centerDistance(to: object.box) / (2 * limit))
        }
    }
}

extension Box {
    /// Returns whether the centre of another box is inside, or on an edge.
    func contains(_ point: Box) -> Bool {
        let (x, y) = (point.centerX, point.centerY)
        return x >= xMin && x <= xMax && y >= yMin && y <= yMax
    }
}
