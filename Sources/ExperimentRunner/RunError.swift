import Training

/// What can keep a run from its end.
public enum RunError: Error, Equatable, CustomStringConvertible {
    /// Somebody stopped it; it can go on.
    case interrupted(folder: String, epochs: Int)
    /// A weights file alone does not say which data set is meant.
    case noDataset(model: String)
    /// A split without images.
    case emptySplit(split: String, root: String)
    /// A data set whose keypoints are not those of the network.
    case otherKeypoints(root: String, found: [String], expected: [String])

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .interrupted(let folder, let epochs):
            "stopped after \(epochs) whole \(epochs == 1 ? "epoch" : "epochs"); everything is saved in \(folder), and "
                + "--resume goes on from there"
        case .noDataset(let model): "\(model) does not say which data set to use; name one with --voc"
        case .emptySplit(let split, let root): "the split '\(split)' of \(root) holds no image that can be used"
        case .otherKeypoints(let root, let found, let expected):
            "\(root) has the keypoints \(found.joined(separator: ", ")), and the network \(expected.joined(separator: ", "))"
        }
    }
}
