import Boxes

/// What the detections of one image and class find: by descending score, each takes the nearest object within the object's distance that
/// no other has taken. An object is found once.
struct PointMatching {
    /// The verdict on a detection.
    enum Verdict: Hashable {
        /// It found the object at this position.
        case right(Int)
        /// It found nothing.
        case wrong
        /// It is at a difficult object or in a crowd, and is not counted.
        case notCounted
    }

    /// One verdict per detection, in the order given.
    private(set) var verdicts: [Verdict]

    /// Matches detections of one image and class, whose scores and places are finite. Equal scores are matched in the order given.
    init(_ detections: [ScoredBox], _ objects: [GroundTruthBox], options: PointOptions) {
        verdicts = [Verdict](repeating: .wrong, count: detections.count)
        let distances = options.distances(of: objects)
        var isFree = objects.map { !$0.difficult && !$0.crowd }
        let order = detections.indices.sorted { left, right in
            let (a, b) = (detections[left].score, detections[right].score)
            return a != b ? a > b : left < right
        }
        for index in order {
            let place = detections[index].box
            var (best, found) = (Double.infinity, Int?.none)
            for object in objects.indices where isFree[object] {
                let distance = place.centerDistance(to: objects[object].box)
                if distance <= distances[object], distance < best { (best, found) = (distance, object) }
            }
            if let found {
                isFree[found] = false
                verdicts[index] = .right(found)
                continue
            }
            let isIgnored = zip(objects, distances).contains { object, distance in
                object.crowd
                    ? object.box.contains(place)
                    : object.difficult && place.centerDistance(to: object.box) <= distance
            }
            if isIgnored { verdicts[index] = .notCounted }
        }
    }
}
