/// A weights file that cannot be used.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
    /// There is nothing at this path.
    case notFound(path: String)
    /// The folder holds no weights.
    case noWeights(folder: String)
    /// The system refuses to read it.
    case unreadable(path: String, reason: String)
    /// The file ends before what its header promises.
    case truncated(path: String, expectedBytes: Int, foundBytes: Int)
    /// The file is not in the safetensors format.
    case malformed(path: String, reason: String)
    /// The file does not say which network it is for.
    case undescribed(path: String, reason: String)
    /// The tensors are not those of the network that the file names; each difference is a phrase.
    case otherNetwork(path: String, network: String, differences: [String])
    /// A weight that is not a number, or infinite.
    case notFinite(path: String, tensor: String, value: Float, index: Int)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): no such file or folder"
        case .noWeights(let folder): "\(folder) holds no weights (weights/best.safetensors or weights/last.safetensors)"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .truncated(let path, let expected, let found):
            "\(path) is cut off: its header promises \(expected) bytes, and there are \(found)"
        case .malformed(let path, let reason): "\(path) is not a safetensors file: \(reason)"
        case .undescribed(let path, let reason): "\(path) does not say which network it is for: \(reason)"
        case .otherNetwork(let path, let network, let differences):
            "\(path) is not for the network '\(network)': " + differences.prefix(3).joined(separator: "; ")
                + (differences.count > 3 ? "; and \(differences.count - 3) more differences" : "")
        case .notFinite(let path, let tensor, let value, let index):
            "\(path): the weight number \(index + 1) of '\(tensor)' is \(value); these weights came from a training that "
                + "went wrong"
        }
    }
}
