/// The names of an object's keypoints and their connections.
public struct Skeleton: Hashable, Sendable {
    /// Two keypoints, by index: the ends of a limb, or a left keypoint and its right counterpart.
    public struct Pair: Hashable, Sendable {
        /// The indices of both, from 0.
        public var first, second: Int

        /// Creates a pair.
        public init(_ first: Int, _ second: Int) {
            self.first = first
            self.second = second
        }
    }

    /// The keypoints' names, all different.
    public let keypointNames: [String]
    /// The lines that are drawn between keypoints.
    public let limbs: [Pair]
    /// The keypoints that swap when an image is mirrored.
    public let mirrorPairs: [Pair]

    /// Creates a skeleton.
    ///
    /// - Parameter mirrorPairs: The mirror pairs; nil derives them from the names: `left_eye` and `right_eye`, `l_hip` and `r_hip`, `Left
    ///   Knee` and `Right Knee`.
    /// - Precondition: All names are different, pairs consist of two different keypoints, and no keypoint is in two mirror pairs.
    public init(keypointNames: [String], limbs: [Pair] = [], mirrorPairs: [Pair]? = nil) {
        let pairs = mirrorPairs ?? Self.mirrorPairs(of: keypointNames)
        precondition(Set(keypointNames).count == keypointNames.count, "a keypoint name occurs twice: \(keypointNames)")
        precondition(
            Self.areValid(limbs, count: keypointNames.count),
            "\(limbs) are not valid limbs of \(keypointNames.count) keypoints")
        precondition(
            Self.areValid(pairs, count: keypointNames.count) && Self.areDisjoint(pairs),
            "\(pairs) are not valid mirror pairs of \(keypointNames.count) keypoints")
        self.keypointNames = keypointNames
        self.limbs = limbs
        self.mirrorPairs = pairs
    }

    /// The number of keypoints.
    public var keypointCount: Int { keypointNames.count }

    /// For each keypoint the index of the one that replaces it when the image is mirrored.
    public var mirrored: [Int] {
        var order = Array(keypointNames.indices)
        for pair in mirrorPairs { order.swapAt(pair.first, pair.second) }
        return order
    }

    /// Returns whether every pair consists of two different keypoints with indices below `count`.
    public static func areValid(_ pairs: [Pair], count: Int) -> Bool {
        let range = 0..<count
        return pairs.allSatisfy { range.contains($0.first) && range.contains($0.second) && $0.first != $0.second }
    }

    /// Returns whether no keypoint is in two of the pairs.
    public static func areDisjoint(_ pairs: [Pair]) -> Bool {
        Set(pairs.flatMap { [$0.first, $0.second] }).count == 2 * pairs.count
    }
}

extension Skeleton {
    /// Returns the left keypoints with their right counterparts, as far as the names tell.
    public static func mirrorPairs(of names: [String]) -> [Pair] {
        var lefts: [[String]: Int] = [:]
        var rights: [[String]: Int] = [:]
        for (index, name) in names.enumerated() {
            let words = words(of: name)
            for (place, word) in words.enumerated() {
                var key = words
                key[place] = ""
                if ["left", "l"].contains(word), lefts[key] == nil { lefts[key] = index }
                if ["right", "r"].contains(word), rights[key] == nil { rights[key] = index }
            }
        }
        var taken: Set<Int> = []
        return lefts.compactMap { key, left in rights[key].map { Pair(left, $0) } }
            .sorted { ($0.first, $0.second) < ($1.first, $1.second) }
            .filter { pair in
                let isFree = pair.first != pair.second && taken.isDisjoint(with: [pair.first, pair.second])
                if isFree { taken.formUnion([pair.first, pair.second]) }
                return isFree
            }
    }

    /// Splits a name into words: `left_eye`, `LeftEye`, `left eye` and `lefteye` all become `left`, `eye`.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        func finish() {
            // A name in one word may begin with the side.
            let side = ["left", "right"].first { word.hasPrefix($0) && word != $0 }
            words += side.map { [$0, String(word.dropFirst($0.count))] } ?? (word.isEmpty ? [] : [word])
            word = ""
        }
        var wasLower = false
        for character in name {
            if !(character.isLetter || character.isNumber) || (character.isUppercase && wasLower) { finish() }
            wasLower = character.isLowercase
            if character.isLetter || character.isNumber { word += character.lowercased() }
        }
        finish()
        return words
    }
}
