import Graphs

/// An operator that can say itself in ONNX's words, those of opset 17.
///
/// Each family of operators has its file in `Operators`; a test walks the catalogue and fails when one is missing.
protocol ONNXExportable: Operator {
    /// Writes the node that the operator stands in.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)``.
    func write(to node: NodeWriter) throws(ONNXError)
}
