import Graphs

/// An operator that can be expressed in ONNX, opset 17.
///
/// Each family of operators has a file in `Operators`; a test goes through the catalogue and fails when an operator is missing.
protocol ONNXExportable: Operator {
    /// Writes the operator's node.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)``.
    func write(to node: NodeWriter) throws(ONNXError)
}
