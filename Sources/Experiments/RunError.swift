import Boxes
import Training

/// An error that stops a run.
public enum RunError: Error, Equatable, CustomStringConvertible {
    /// The run was interrupted and can be resumed.
    case interrupted(folder: String, epochs: Int)
    /// The run was interrupted after training.
    case interruptedAfterTraining(folder: String)
    /// There is a run in the folder, and nobody said that it may be replaced; the files that are there.
    case exists(folder: String, remains: [String])
    /// No data set was named, and the model's run does not name one.
    case noDataset(model: String)
    /// A split without usable images.
    case emptySplit(split: String, root: String)
    /// A data set of points for a network that detects boxes, or the other way round.
    case otherObjects(root: String, found: ObjectKind, expected: ObjectKind)
    /// A data set whose keypoints differ from the network's.
    case otherKeypoints(root: String, found: [String], expected: [String])

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .interrupted(let folder, let epochs):
            "stopped after \(epochs) complete \(epochs == 1 ? "epoch" : "epochs"); everything is saved in \(folder), and "
                + "--resume continues from there"
        case .interruptedAfterTraining(let folder):
            "stopped after training, before evaluation, drawings and report were complete; the weights are saved in \(folder), and "
                + "--resume continues from there"
        case .exists(let folder, let remains):
            "there is a run in \(folder) already (\(remains.joined(separator: ", "))): --resume continues it, --replace removes it "
                + "and starts over, another --name gives the new run another folder; without --name, it gets a number"
        case .noDataset(let model): "\(model) does not name a data set; choose one with --data"
        case .emptySplit(let split, let root): "the split '\(split)' of \(root) contains no usable images"
        case .otherObjects(let root, let found, let expected):
            "the objects of \(root) are \(found.rawValue), but the network detects \(expected.rawValue)"
        case .otherKeypoints(let root, let found, let expected):
            "\(root) has the keypoints \(found.joined(separator: ", ")), but the network has \(expected.joined(separator: ", "))"
        }
    }
}
