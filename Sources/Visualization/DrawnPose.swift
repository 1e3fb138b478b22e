import Boxes

/// The keypoints of one object as they are drawn: a dot for each, and a line in a colour of its own for each limb.
public struct DrawnPose: Hashable, Sendable {
    /// How a keypoint is drawn.
    public enum Look: Hashable, Sendable {
        /// A filled dot.
        case sure
        /// A ring: annotated as hidden, or guessed where the network sees nothing.
        case unsure
    }

    /// One keypoint.
    public struct Place: Hashable, Sendable {
        /// The position in pixels of the image it is drawn on.
        public var x, y: Double
        /// How it is drawn.
        public var look: Look

        /// Creates a keypoint to be drawn.
        public init(x: Double, y: Double, look: Look = .sure) {
            self.x = x
            self.y = y
            self.look = look
        }
    }

    /// The keypoints in the skeleton's order; nil where there is nothing to draw.
    public var places: [Place?]
    /// The lines between keypoints; limbs that lack an end are left out.
    public var limbs: [Skeleton.Pair]

    /// Creates a pose from keypoints and limbs.
    public init(places: [Place?], limbs: [Skeleton.Pair]) {
        self.places = places
        self.limbs = limbs
    }

    /// Creates a pose from annotated keypoints: hidden ones are rings.
    public init(_ keypoints: [Keypoint<ImagePixels>], of skeleton: Skeleton) {
        self.init(
            places: keypoints.map { keypoint in
                keypoint.isAnnotated
                    ? Place(x: keypoint.x, y: keypoint.y, look: keypoint.visibility == .visible ? .sure : .unsure) : nil
            }, limbs: skeleton.limbs)
    }

    /// Creates a pose from detected keypoints: those without a peak are rings.
    public init(_ keypoints: [ScoredKeypoint<ImagePixels>], of skeleton: Skeleton, minimumScore: Float = 0.1) {
        self.init(
            places: keypoints.map { Place(x: $0.x, y: $0.y, look: $0.score > minimumScore ? .sure : .unsure) },
            limbs: skeleton.limbs)
    }
}

/// Draws keypoints and limbs over images.
struct PosePainter {
    private let canvas: Canvas
    private let lineWidth: Double

    init(_ canvas: Canvas, lineWidth: Double) {
        self.canvas = canvas
        self.lineWidth = lineWidth
    }

    func draw(_ pose: DrawnPose, _ map: AffineMap<ImagePixels, CanvasPixels>) {
        let places = pose.places.map { place -> (x: Double, y: Double)? in
            guard let place, place.x.isFinite, place.y.isFinite else { return nil }
            let point = map(x: place.x, y: place.y)
            // Points beyond cairo's coordinate range would not be visible anyway.
            return abs(point.x) < 1e5 && abs(point.y) < 1e5 ? point : nil
        }
        let limbs = pose.limbs.enumerated().compactMap {
            index, limb -> (points: [(x: Double, y: Double)], color: Color)? in
            guard places.indices.contains(limb.first), places.indices.contains(limb.second),
                let start = places[limb.first], let end = places[limb.second]
            else { return nil }
            return ([start, end], Palette.color(index))
        }
        // A dark edge below all limbs makes any colour visible on any image.
        for limb in limbs { canvas.stroke(limb.points, .ink, alpha: 0.55, lineWidth: 1.6 * lineWidth + 2) }
        for limb in limbs { canvas.stroke(limb.points, limb.color, lineWidth: 1.6 * lineWidth) }
        for (index, point) in places.enumerated() {
            guard let point, let look = pose.places[index]?.look else { continue }
            let radius = 1.7 * lineWidth
            let color = pose.limbs.firstIndex { $0.first == index || $0.second == index }.map(Palette.color) ?? .white
            canvas.fillCircle(x: point.x, y: point.y, radius: radius + 1, .ink)
            canvas.fillCircle(x: point.x, y: point.y, radius: radius, .white)
            canvas.fillCircle(x: point.x, y: point.y, radius: 0.6 * radius, look == .sure ? color : .ink)
        }
    }
}
