/// A weights file that cannot be used.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
    /// The file does not exist.
    case notFound(path: String)
    /// The folder holds no weights.
    case noWeights(folder: String)
    /// The system refuses to read the file.
    case unreadable(path: String, reason: String)
    /// Another program wrote to the file while it was read.
    case changed(path: String)
    /// The content is not the one that was written: its hash, and the one that the file states.
    case otherContent(path: String, found: String, expected: String)
    /// The file is shorter than its header promises.
    case truncated(path: String, expectedBytes: Int, foundBytes: Int)
    /// The file is not in the safetensors format.
    case malformed(path: String, reason: String)
    /// The file's format is not supported; the reason says what it seems to be.
    case unknownFormat(path: String, reason: String)
    /// Something in the file contradicts its format, or is not supported: an entry, a byte, an instruction, and why.
    case damaged(path: String, place: String, reason: String)
    /// The file asks to call a function or to make an object of this name, which is not allowed.
    case refused(path: String, place: String, name: String)
    /// The file was read, but has no tensor where weights are kept; `found` is what it has instead.
    case noTensors(path: String, found: String)
    /// The file does not say which network it is for.
    case undescribed(path: String, reason: String)
    /// The tensors are not those of the network that the file states; each difference is a phrase.
    case otherNetwork(path: String, network: String, differences: [String])
    /// Too few of a network's parameters have a matching tensor; each difference is a phrase.
    case fewMatches(path: String, network: String, matched: Int, count: Int, differences: [String])
    /// A weight is NaN or infinite.
    case notFinite(path: String, tensor: String, value: Float, index: Int)
    /// A quantized model's description of its integers is invalid; a phrase.
    case quantization(path: String, reason: String)
    /// A quantized model was given where the original is required.
    case quantized(path: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): no such file or folder"
        case .noWeights(let folder): "\(folder) holds no weights (weights/best.safetensors or weights/last.safetensors)"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .changed(let path):
            "\(path) was changed while it was read: another program is writing it; try again when it has finished"
        case .otherContent(let path, let found, let expected):
            "\(path) is damaged: the hash of its content is \(found), and it was written with \(expected) (a program that changes weights "
                + "must remove 'contentHash' from the metadata)"
        case .truncated(let path, let expected, let found):
            "\(path) is cut off: its header promises \(expected) bytes, but it has \(found)"
        case .malformed(let path, let reason): "\(path) is not a safetensors file: \(reason)"
        case .unknownFormat(let path, let reason): "\(path) is not a weights file that can be read: \(reason)"
        case .damaged(let path, let place, let reason): "\(path), \(place): \(reason)"
        case .refused(let path, let place, let name):
            "\(path), \(place): the file asks to call \(name), which is refused: only tensors and containers are built "
                + "(to export the weights of a Python object, save its state_dict())"
        case .noTensors(let path, let found): "\(path) holds no weights: it is \(found)"
        case .undescribed(let path, let reason): "\(path) does not say which network it is for: \(reason)"
        case .quantization(let path, let reason): "\(path) cannot be used as a quantized model: \(reason)"
        case .quantized(let path):
            "\(path) is quantized, with its normalizations folded into its convolutions; give the model that it was made from"
        case .otherNetwork(let path, let network, let differences):
            "\(path) is not for the network '\(network)': \(Self.list(differences))"
        case .fewMatches(let path, let network, let matched, let count, let differences):
            "\(path) does not fit the network '\(network)': of \(count) parameters it has \(matched); "
                + Self.list(differences)
        case .notFinite(let path, let tensor, let value, let index):
            "\(path): weight number \(index + 1) of '\(tensor)' is \(value); these weights come from a training run that "
                + "went wrong"
        }
    }

    private static func list(_ differences: [String]) -> String {
        differences.prefix(3).joined(separator: "; ")
            + (differences.count > 3 ? "; and \(differences.count - 3) more differences" : "")
    }
}
