import Boxes
import JSON

extension Skeleton {
    private static let keys = (names: "keypointNames", limbs: "limbs", mirrorPairs: "mirrorPairs")

    /// The skeleton as in a weights file's metadata; pairs by their positions from 0.
    var metadata: [String: String] {
        func list(_ pairs: [Pair]) -> String {
            JSONValue.array(pairs.map { [.integer($0.first), .integer($0.second)] }).text()
        }
        return [
            Self.keys.names: JSONValue.array(keypointNames.map { .string($0) }).text(), Self.keys.limbs: list(limbs),
            Self.keys.mirrorPairs: list(mirrorPairs),
        ]
    }

    /// Reads a skeleton from a weights file's metadata; nil when it has no keypoints.
    ///
    /// - Throws: ``BadSkeleton`` for an invalid skeleton.
    init?(metadata: [String: String]) throws(BadSkeleton) {
        guard let names = metadata[Self.keys.names] else { return nil }
        func pairs(_ key: String) throws(BadSkeleton) -> [Pair] {
            guard let text = metadata[key] else { return [] }
            guard let entries = try? JSONValue(parsing: text).array() else { throw BadSkeleton(key: key, text: text) }
            var pairs: [Pair] = []
            for entry in entries {
                guard let ends = try? entry.integers(), ends.count == 2 else {
                    throw BadSkeleton(key: key, text: text)
                }
                pairs.append(Pair(ends[0], ends[1]))
            }
            return pairs
        }
        guard let keypointNames = try? JSONValue(parsing: names).strings(), !keypointNames.isEmpty,
            Set(keypointNames).count == keypointNames.count
        else { throw BadSkeleton(key: Self.keys.names, text: names) }
        let (limbs, mirrorPairs) = (try pairs(Self.keys.limbs), try pairs(Self.keys.mirrorPairs))
        guard Self.areValid(limbs, count: keypointNames.count) else {
            throw BadSkeleton(key: Self.keys.limbs, text: metadata[Self.keys.limbs] ?? "")
        }
        guard Self.areValid(mirrorPairs, count: keypointNames.count), Self.areDisjoint(mirrorPairs) else {
            throw BadSkeleton(key: Self.keys.mirrorPairs, text: metadata[Self.keys.mirrorPairs] ?? "")
        }
        self.init(keypointNames: keypointNames, limbs: limbs, mirrorPairs: mirrorPairs)
    }
}

/// An invalid skeleton in the metadata.
struct BadSkeleton: Error {
    let key, text: String
}
