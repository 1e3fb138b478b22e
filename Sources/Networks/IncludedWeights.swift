import CIncludedWeights
import Foundation
import Tensors
import WeightFiles

/// The weights that come with the program, for networks that start from them unless told otherwise.
///
/// They were trained on made-up scenes (`Experiments/pretrain.json`), so nothing has to be downloaded, and no licence of anybody's photographs
/// comes with them.
public enum IncludedWeights {
    /// The bytes of a weights file for a network; nil where none comes with the program.
    public static func content(for network: String) -> UnsafeRawBufferPointer? {
        guard network == "compact" else { return nil }
        let content = UnsafeRawBufferPointer(
            start: included_compact_weights(), count: included_compact_weights_size())
        return content.isEmpty ? nil : content
    }

    /// A hash of the bytes; nil where there are none.
    public static func contentHash(for network: String) -> String? {
        guard let content = content(for: network) else { return nil }
        var hash = ContentHash()
        hash.add(content)
        return hash.hexadecimal
    }
}

/// What the parameters of a network are before training.
public enum StartingPoint: Hashable, Sendable {
    /// Random numbers.
    case random
    /// The weights that come with the program.
    case included
    /// Those of a weights file or of a run's folder, as far as they fit.
    case weights(URL)

    /// Its name in settings, where it is no path.
    public static let (randomName, includedName) = ("none", "included")

    /// What a setting means: `none`, `included`, a path, or nil: included weights for networks that have them.
    public init(_ setting: String?, network: String) {
        switch setting {
        case nil: self = IncludedWeights.content(for: network) == nil ? .random : .included
        case Self.randomName: self = .random
        case Self.includedName: self = .included
        case let path?: self = .weights(URL(fileURLWithPath: path))
        }
    }
}

extension Model {
    /// Loads the weights of a starting point where they match, and says which do; nil for random ones.
    ///
    /// - Throws: ``WeightsError``, also when less than half of the parameters that such files can contain match.
    public func start(from point: StartingPoint) throws(WeightsError) -> WeightsMatch? {
        switch point {
        case .random: return nil
        case .weights(let url): return try start(from: url)
        case .included:
            let path = "the included weights of \(description.network.name)"
            guard let content = IncludedWeights.content(for: description.network.name) else {
                throw .notFound(path: path)
            }
            let file: LoadedFile
            do { file = try LoadedFile(copying: content) } catch {
                throw .unreadable(path: path, reason: error.reason)
            }
            return try start(from: WeightsReader(file, path: path), path: path)
        }
    }
}
