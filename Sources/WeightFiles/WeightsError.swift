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
    /// The file is of no format that is read here; what it seems to be.
    case unknownFormat(path: String, reason: String)
    /// Something in the file contradicts its format, or cannot be read here: an entry, a byte, an instruction, and why.
    case damaged(path: String, place: String, reason: String)
    /// The file asks for more than numbers and containers: to call a function, or to make an object, of this name.
    case refused(path: String, place: String, name: String)
    /// The file is read, and no tensor is where weights are kept; what there is instead.
    case noTensors(path: String, found: String)
    /// The file does not say which network it is for.
    case undescribed(path: String, reason: String)
    /// The tensors are not those of the network that the file names; each difference is a phrase.
    case otherNetwork(path: String, network: String, differences: [String])
    /// Too few of a network's parameters have a tensor that fits; each difference is a phrase.
    case fewMatches(path: String, network: String, matched: Int, count: Int, differences: [String])
    /// A weight that is not a number, or infinite.
    case notFinite(path: String, tensor: String, value: Float, index: Int)
    /// What a quantized model says of its integers cannot be; a phrase.
    case quantization(path: String, reason: String)
    /// A quantized model where the one is needed that it was made of.
    case quantized(path: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): no such file or folder"
        case .noWeights(let folder): "\(folder) holds no weights (weights/best.safetensors or weights/last.safetensors)"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .truncated(let path, let expected, let found):
            "\(path) is cut off: its header promises \(expected) bytes, and there are \(found)"
        case .malformed(let path, let reason): "\(path) is not a safetensors file: \(reason)"
        case .unknownFormat(let path, let reason): "\(path) is not a weights file that can be read: \(reason)"
        case .damaged(let path, let place, let reason): "\(path), \(place): \(reason)"
        case .refused(let path, let place, let name):
            "\(path), \(place): the file asks to call \(name), which is refused: only tensors and containers are built "
                + "(to take the weights of an object out of Python, save its state_dict())"
        case .noTensors(let path, let found): "\(path) holds no weights: it is \(found)"
        case .undescribed(let path, let reason): "\(path) does not say which network it is for: \(reason)"
        case .quantization(let path, let reason): "\(path) cannot be used as a quantized model: \(reason)"
        case .quantized(let path):
            "\(path) is quantized, and its normalizations are part of its convolutions; give the model that it was made of"
        case .otherNetwork(let path, let network, let differences):
            "\(path) is not for the network '\(network)': \(Self.list(differences))"
        case .fewMatches(let path, let network, let matched, let count, let differences):
            "\(path) does not fit the network '\(network)': of \(count) parameters it has \(matched); "
                + Self.list(differences)
        case .notFinite(let path, let tensor, let value, let index):
            "\(path): the weight number \(index + 1) of '\(tensor)' is \(value); these weights came from a training that "
                + "went wrong"
        }
    }

    private static func list(_ differences: [String]) -> String {
        differences.prefix(3).joined(separator: "; ")
            + (differences.count > 3 ? "; and \(differences.count - 3) more differences" : "")
    }
}
