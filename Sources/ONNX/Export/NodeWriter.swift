import Graphs
import Tensors

/// What writes one node of ours: as one node of ONNX's, or as several of which the last one bears the name and the others
/// `NAME/part`.
struct NodeWriter {
    /// The node's name.
    let name: String
    /// The name of what it returns: the node's own, or that of the normalization which became part of it.
    let result: String
    /// The names of its inputs.
    let inputs: [String]
    /// The names of its parameters, in the operator's order; they are in the file already.
    let parameters: [String]
    /// The parameters' numbers.
    let parameterValues: [TensorView]
    /// The inputs' extents.
    let inputShapes: [[FileExtent]]
    /// The result's extents.
    let shape: [FileExtent]
    /// Whether everybody who reads the result takes whole numbers of eight bits.
    let isReadAsIntegers: Bool
    /// The file.
    let file: GraphWriter

    /// The node itself, or the last of its parts.
    func finish(_ kind: String, _ inputs: [String]? = nil, _ attributes: [ProtoAttribute] = []) {
        file.add(
            ProtoNodeDefinition(
                kind, name: name, inputs: inputs ?? self.inputs, outputs: [result], attributes: attributes))
    }

    /// The node as a call of a function of ours.
    func finish(_ function: LocalFunction, _ inputs: [String], _ attributes: [ProtoAttribute]) {
        file.add(function)
        file.add(
            ProtoNodeDefinition(
                function.name, name: name, inputs: inputs, outputs: [result], attributes: attributes,
                domain: LocalFunction.domain))
    }

    /// A node whose result is no float in ONNX, and what makes floats of it. The first one bears the name: whoever takes all
    /// numbers for floats, as Pinpoint does, has no use for the second. Returns the first one's value.
    @discardableResult
    func finishWithCast(_ kind: String, _ inputs: [String], _ attributes: [ProtoAttribute] = []) -> String {
        let value = file.unique("\(name)/\(kind.lowercased())")
        file.add(ProtoNodeDefinition(kind, name: name, inputs: inputs, outputs: [value], attributes: attributes))
        file.add(
            ProtoNodeDefinition(
                "Cast", name: file.unique("\(name)/number"), inputs: [value], outputs: [result],
                attributes: [.element("to", .float)]))
        return value
    }

    /// A value as booleans: everything but 0 is true.
    func boolean(of input: Int) -> String {
        file.boolean(of: inputs[input]) ?? part("boolean\(input)", "Cast", [inputs[input]], [.element("to", .bool)])
    }

    /// A part of the node; returns the name of its value.
    func part(_ part: String, _ kind: String, _ inputs: [String], _ attributes: [ProtoAttribute] = []) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoNodeDefinition(kind, name: name, inputs: inputs, outputs: [name], attributes: attributes))
        return name
    }

    /// A list of whole numbers in the file; returns its name.
    func integers(_ part: String, _ values: [Int], shape: [Int]? = nil) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoTensorDefinition(name, shape ?? [values.count], integers: values))
        return name
    }

    /// A list of numbers in the file; returns its name.
    func floats(_ part: String, _ values: [Float]) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoTensorDefinition(name, [values.count], floats: values))
        return name
    }

    /// One number without axes in the file; returns its name.
    func number(_ part: String, _ value: Float) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoTensorDefinition(name, [], floats: [value]))
        return name
    }

    /// An extent that must be the same for all inputs.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)`` when it is free.
    func fixedExtent(input: Int, axis: Int) throws(ONNXError) -> Int {
        guard let value = inputShapes[input][axis].value else {
            throw .notExportable(node: name, reason: "axis \(axis) of what it reads must be fixed")
        }
        return value
    }
}
