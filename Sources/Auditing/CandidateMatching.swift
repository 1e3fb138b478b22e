import Boxes

/// Which candidate belongs to which annotated object: each to at most one, so that in a crowd no box takes its neighbour's.
struct CandidateMatching {
    /// A pair with its intersection over union.
    struct Pair {
        let candidate: Int
        let overlap: Double
    }

    /// For each object its candidate; nil where none is left for it.
    private(set) var pairs: [Pair?]
    /// Whether each candidate belongs to an object.
    private(set) var isTaken: [Bool]

    /// From this overlap on, two boxes are of one object; and boxes that overlap less than the other value have nothing in common.
    static let (same, near) = (0.5, 0.1)
    /// An object of another class is only near a candidate that overlaps it by this much.
    private static let nearOtherClass = 0.3

    /// Matches by descending overlap, in four rounds: strong candidates with objects in their place, of any class; then with objects of
    /// their class nearby, which are badly placed; then weak candidates in the place of objects; then strong ones near objects of other
    /// classes.
    ///
    /// A weak candidate that happens to lie under a badly placed box thus does not keep it from the strong one beside it.
    ///
    /// - Parameter isStrong: Whether each candidate has a score that is usual for objects of its class.
    init(boxes: [Box<ImagePixels>], classes: [Int], candidates: [Candidate], isStrong: [Bool]) {
        pairs = Array(repeating: nil, count: boxes.count)
        isTaken = Array(repeating: false, count: candidates.count)
        var overlaps: [(overlap: Double, object: Int, candidate: Int)] = []
        for (object, box) in boxes.enumerated() {
            for (number, candidate) in candidates.enumerated() {
                let overlap = box.intersectionOverUnion(candidate.box)
                if overlap >= Self.near { overlaps.append((overlap, object, number)) }
            }
        }
        overlaps.sort { (-$0.overlap, $0.object, $0.candidate) < (-$1.overlap, $1.object, $1.candidate) }
        let rounds: [(_ overlap: Double, _ isStrong: Bool, _ isSameClass: Bool) -> Bool] = [
            { overlap, isStrong, _ in isStrong && overlap >= Self.same },
            { overlap, isStrong, isSameClass in isStrong && isSameClass && overlap >= Self.near },
            { overlap, _, _ in overlap >= Self.same },
            { overlap, isStrong, _ in isStrong && overlap >= Self.nearOtherClass },
        ]
        for accepts in rounds {
            for (overlap, object, candidate) in overlaps where pairs[object] == nil && !isTaken[candidate] {
                let isSameClass = candidates[candidate].classIndex == classes[object]
                guard accepts(overlap, isStrong[candidate], isSameClass) else { continue }
                pairs[object] = Pair(candidate: candidate, overlap: overlap)
                isTaken[candidate] = true
            }
        }
    }
}
