/// An ONNX file that cannot be used, or a graph that cannot be exported.
public enum ONNXError: Error, Equatable, CustomStringConvertible {
    /// The file does not exist or cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is not in the ONNX format or is inconsistent; with the place and the reason.
    case malformed(place: String, reason: String)
    /// The graph needs operators or attributes that Pinpoint does not support, listed with the nodes that use them.
    case unsupported([String])
    /// The file uses a version of ONNX's operator set that Pinpoint does not support.
    case operatorSet(Int)
    /// An input is missing, or has a shape that the graph cannot take.
    case input(name: String, reason: String)
    /// A node cannot take the shapes of its inputs.
    case shape(node: String, kind: String, reason: String)
    /// An operator of ours cannot be expressed in ONNX.
    case notExportable(node: String, reason: String)

    /// The error message for the terminal.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .malformed(let place, let reason): "not a usable ONNX file: \(place): \(reason)"
        case .unsupported(let missing):
            "the graph needs features that Pinpoint does not support: \(missing.joined(separator: "; "))"
                + "; to use the part of the graph before them, pass --until NAME"
        case .operatorSet(let version):
            "the file uses opset \(version), but Pinpoint supports the opsets \(ONNXModel.operatorSets.lowerBound) to "
                + "\(ONNXModel.operatorSets.upperBound); export the model again with opset 17"
        case .input(let name, let reason): "input '\(name)': \(reason)"
        case .shape(let node, let kind, let reason): "\(node) (\(kind)): \(reason)"
        case .notExportable(let node, let reason): "\(node) cannot be written as ONNX: \(reason)"
        }
    }
}
