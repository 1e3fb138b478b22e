/// An ONNX file that cannot be used, or a graph that cannot be written as one.
public enum ONNXError: Error, Equatable, CustomStringConvertible {
    /// There is nothing at this path, or the system refuses to read it.
    case unreadable(path: String, reason: String)
    /// The file is not in the format, or contradicts itself; where, and how.
    case malformed(place: String, reason: String)
    /// What the graph needs and Pinpoint does not have: each operator or attribute with the nodes that use it.
    case unsupported([String])
    /// An input was not given, or in a shape that the graph cannot take.
    case input(name: String, reason: String)
    /// A node that cannot take what reaches it, for inputs of the given shapes.
    case shape(node: String, kind: String, reason: String)
    /// An operator of ours that ONNX has no words for.
    case notExportable(node: String, reason: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .malformed(let place, let reason): "this is no usable ONNX file: \(place): \(reason)"
        case .unsupported(let missing):
            "the graph needs what Pinpoint does not have: \(missing.joined(separator: "; "))"
                + "; results before that can be asked for by name (--until NAME)"
        case .input(let name, let reason): "the input '\(name)': \(reason)"
        case .shape(let node, let kind, let reason): "\(node) (\(kind)): \(reason)"
        case .notExportable(let node, let reason): "\(node) cannot be written as ONNX: \(reason)"
        }
    }
}
