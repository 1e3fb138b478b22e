import Boxes
import Foundation
import PeakDecoding

/// Follows one object from frame to frame: picks the detection of its class whose centre is nearest to where the object was last seen,
/// unless it is too far away.
///
/// Appearance and motion are not modelled: this suffices for one map per frame, and is not a multi-object tracker.
public struct ObjectTracker: Sendable {
    /// Which object to follow.
    public enum Start: Hashable, Sendable {
        /// The detection with this index in the first frame that has any.
        case detection(Int)
        /// The detection with the highest score of this class, in the first frame that has one.
        case ofClass(Int)
    }

    /// How far an object may move from where it was last seen, in multiples of its box's longer side.
    public struct Gate: Hashable, Sendable {
        /// Lengths per frame since it was last seen.
        public var lengthsPerFrame: Double
        /// The maximum, however long it was not seen: beyond that it would be just another object of the class.
        public var maximumLengths: Double

        /// By default one length per frame and four at most. Filmed objects rarely move by more than their own length from one frame to the
        /// next.
        public init(lengthsPerFrame: Double = 1, maximumLengths: Double = 4) {
            self.lengthsPerFrame = lengthsPerFrame
            self.maximumLengths = maximumLengths
        }
    }

    /// Whether the object was found in a frame.
    public enum Sighting: Hashable, Sendable {
        /// It is the detection with this index.
        case found(Int)
        /// It was not found; a later frame may show it again.
        case lost(LossReason)
    }

    /// Why an object was not found.
    public enum LossReason: Hashable, Sendable, CustomStringConvertible {
        /// There was no object to follow yet.
        case notStarted
        /// The first frame has fewer detections than the requested index needs.
        case noSuchDetection(Int, count: Int)
        /// No detection has its class.
        case noneOfItsClass
        /// The nearest detection of its class is this many pixels from where it was last seen; `allowed` is the limit.
        case tooFar(distance: Double, allowed: Double)

        /// A few words for a table.
        public var description: String {
            switch self {
            case .notStarted: "not seen yet"
            case .noSuchDetection(let index, let count): "there is no detection \(index), only \(count)"
            case .noneOfItsClass: "no detection of its class"
            case .tooFar(let distance, let allowed):
                "the nearest of its class is \(Int(distance.rounded())) pixels away, more than \(Int(allowed.rounded()))"
            }
        }
    }

    private let start: Start
    private let gate: Gate
    private var last: (classIndex: Int, box: Box<ImagePixels>)?
    private var framesSince = 0

    /// Creates a follower that has seen no frame yet.
    public init(start: Start, gate: Gate = Gate()) {
        self.start = start
        self.gate = gate
    }

    /// The class of the object, once it has been seen.
    public var classIndex: Int? { last?.classIndex }

    /// Looks for the object in the next frame.
    ///
    /// - Parameter detections: In image pixels; those with non-finite edges are skipped.
    public mutating func follow(_ detections: [Detection<ImagePixels>]) -> Sighting {
        framesSince += 1
        let sighting = last.map { nearest(to: $0, in: detections) } ?? begin(detections)
        if case .found(let index) = sighting {
            last = (detections[index].classIndex, detections[index].box)
            framesSince = 0
        }
        return sighting
    }

    private func begin(_ detections: [Detection<ImagePixels>]) -> Sighting {
        switch start {
        case .detection(let index):
            if detections.isEmpty { return .lost(.notStarted) }
            guard detections.indices.contains(index), detections[index].box.isFinite else {
                return .lost(.noSuchDetection(index, count: detections.count))
            }
            return .found(index)
        case .ofClass(let classIndex):
            let surest = detections.indices
                .filter { detections[$0].classIndex == classIndex && detections[$0].box.isFinite }
                .min { (detections[$1].score, $0) < (detections[$0].score, $1) }
            return surest.map(Sighting.found) ?? .lost(.notStarted)
        }
    }

    /// What counts as the length of an object that is a point, in pixels of the image.
    private static let pointLength = 16.0

    private func nearest(
        to last: (classIndex: Int, box: Box<ImagePixels>), in detections: [Detection<ImagePixels>]
    ) -> Sighting {
        func distance(_ box: Box<ImagePixels>) -> Double {
            hypot(box.centerX - last.box.centerX, box.centerY - last.box.centerY)
        }
        let candidates = detections.indices
            .filter { detections[$0].classIndex == last.classIndex && detections[$0].box.isFinite }
            .map { (index: $0, distance: distance(detections[$0].box), score: detections[$0].score) }
        // Of two equally near ones, the one with the higher score.
        guard let best = candidates.min(by: { ($0.distance, $1.score, $0.index) < ($1.distance, $0.score, $1.index) })
        else { return .lost(.noneOfItsClass) }
        // A point has no length.
        let isPoint = detections[best.index].kind == .points
        let length = isPoint ? Self.pointLength : max(abs(last.box.width), abs(last.box.height))
        let allowed = length * min(gate.lengthsPerFrame * Double(framesSince), gate.maximumLengths)
        return best.distance <= allowed
            ? .found(best.index) : .lost(.tooFar(distance: best.distance, allowed: allowed))
    }
}
