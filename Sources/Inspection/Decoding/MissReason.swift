import PeakDecoding

/// Why no detection found an object.
///
/// An object's centre cell and the radius of its peak are those of its training target (``HeatmapTargets/TargetObject`` placed on the map:
/// the box in cells, clipped to the map less its last row and column). Its *neighbourhood* is the square of cells up to the radius, but at
/// least one cell (for a point, four), away from the centre cell. A peak is *free* when it found no object. A free peak belongs to the missed object of its
/// class whose centre is nearest, so that it explains one miss. Reasons are tried in the order below; the first that holds is the reason.
public enum MissReason: Hashable, Sendable {
    /// The target omits the object, because nothing of it remains after clipping: no network could learn it.
    case outsideMap
    /// A detection of its class overlaps it by more than half, but overlaps another object even more, and was scored against that one.
    /// Detections are named by their position in ``DecodingTrace/candidates``.
    case shared(candidate: Int, overlap: Double)
    /// A free peak of its class in the neighbourhood reaches the threshold, and its box overlaps the object by more than half, but it ranks
    /// beyond the limit.
    case beyondLimit(candidate: Int)
    /// A free peak of its class in the neighbourhood reaches the threshold, but its box overlaps the object by half or less;
    /// of several, the one that overlaps it most. Of points: it is too far away.
    case wrongSize(candidate: Int, overlap: Double)
    /// A free peak of its class in the neighbourhood reaches the threshold, but its size or offset is not finite.
    case notFinite(candidate: Int)
    /// The highest of the centre cell and the eight cells around it reaches the threshold in the channel of its class, but is either on the
    /// slope of a peak that is not the object's own, or such a peak itself. `peak` is the peak's position.
    case suppressed(cell: DecodingTrace.Cell, peak: Int?)
    /// A free peak of another class in the neighbourhood reaches the threshold; `own` is the highest cell of its own class
    /// among the centre cell and the eight around it.
    case otherClass(candidate: Int, own: DecodingTrace.Cell)
    /// The highest free peak of its class in the neighbourhood is below the threshold, but at least ``faintShare`` of it: lower peaks are
    /// noise, which has peaks everywhere.
    case belowThreshold(candidate: Int)
    /// None of these; `highest` is the highest of the centre cell and the eight around it in the channel of its class.
    case noPeak(highest: DecodingTrace.Cell)

    /// The share of the threshold below which a peak is noise.
    public static let faintShare = 0.1

    /// A reason without its details.
    public enum Kind: String, CaseIterable, Sendable {
        case outsideMap, shared, beyondLimit, wrongSize, notFinite, suppressed, otherClass, belowThreshold, noPeak

        /// A few words for lists and images.
        public var title: String {
            switch self {
            case .outsideMap: "outside the map"
            case .shared: "shares a detection"
            case .beyondLimit: "beyond the limit"
            case .wrongSize: "wrong size"
            case .notFinite: "no finite box"
            case .suppressed: "suppressed by a neighbour"
            case .otherClass: "another class"
            case .belowThreshold: "peak below the threshold"
            case .noPeak: "no peak"
            }
        }
    }

    /// The reason without its details.
    public var kind: Kind {
        switch self {
        case .outsideMap: .outsideMap
        case .shared: .shared
        case .beyondLimit: .beyondLimit
        case .wrongSize: .wrongSize
        case .notFinite: .notFinite
        case .suppressed: .suppressed
        case .otherClass: .otherClass
        case .belowThreshold: .belowThreshold
        case .noPeak: .noPeak
        }
    }

    /// The peak that the reason refers to, as a position in ``DecodingTrace/candidates``; nil if there is none.
    public var candidate: Int? {
        switch self {
        case .outsideMap, .noPeak: nil
        case .shared(let candidate, _), .wrongSize(let candidate, _), .beyondLimit(let candidate),
            .notFinite(let candidate), .otherClass(let candidate, _), .belowThreshold(let candidate):
            candidate
        case .suppressed(_, let peak): peak
        }
    }
}
