import Graphs
import Tensors

/// Writes one node as one ONNX node, or as several: the last one keeps the name, the others are called `NAME/part`.
struct NodeWriter {
    /// The node's name.
    let name: String
    /// The name of the output: the node's own, or that of a normalization folded into it.
    let result: String
    /// The names of its inputs.
    let inputs: [String]
    /// The names of its parameters, in the operator's order; they have been written already.
    let parameters: [String]
    /// The parameters' values.
    let parameterValues: [TensorView]
    /// The inputs' shapes.
    let inputShapes: [[FileExtent]]
    /// The output's shape.
    let shape: [FileExtent]
    /// Whether all readers of the output take 8-bit integers.
    let isReadAsIntegers: Bool
    /// The file's graph.
    let file: GraphWriter

    /// Writes the node itself, or the last of its parts.
    func finish(_ kind: String, _ inputs: [String]? = nil, _ attributes: [ProtoAttribute] = []) {
        file.add(
            ProtoNodeDefinition(
                kind, name: name, inputs: inputs ?? self.inputs, outputs: [result], attributes: attributes))
    }

    /// Writes the node as a call of one of our functions.
    func finish(_ function: LocalFunction, _ inputs: [String], _ attributes: [ProtoAttribute]) {
        file.add(function)
        file.add(
            ProtoNodeDefinition(
                function.name, name: name, inputs: inputs, outputs: [result], attributes: attributes,
                domain: LocalFunction.domain))
    }

    /// Writes a node whose ONNX output is not float, and a cast to float. The first node gets the name, since readers that treat all
    /// numbers as floats, like Pinpoint, do not need the cast. Returns the name of the first node's output.
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

    /// Returns a value as booleans: everything except 0 is true.
    func boolean(of input: Int) -> String {
        file.boolean(of: inputs[input]) ?? part("boolean\(input)", "Cast", [inputs[input]], [.element("to", .bool)])
    }

    /// Writes a part of the node; returns the name of its output.
    func part(_ part: String, _ kind: String, _ inputs: [String], _ attributes: [ProtoAttribute] = []) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoNodeDefinition(kind, name: name, inputs: inputs, outputs: [name], attributes: attributes))
        return name
    }

    /// Writes a list of integers; returns its name.
    func integers(_ part: String, _ values: [Int], shape: [Int]? = nil) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoTensorDefinition(name, shape ?? [values.count], integers: values))
        return name
    }

    /// Writes a list of floats; returns its name.
    func floats(_ part: String, _ values: [Float]) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoTensorDefinition(name, [values.count], floats: values))
        return name
    }

    /// Writes a scalar; returns its name.
    func number(_ part: String, _ value: Float) -> String {
        let name = file.unique("\(self.name)/\(part)")
        file.add(ProtoTensorDefinition(name, [], floats: [value]))
        return name
    }

    /// Returns an extent that must be the same for all inputs.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)`` when it is free.
    func fixedExtent(input: Int, axis: Int) throws(ONNXError) -> Int {
        guard let value = inputShapes[input][axis].value else {
            throw .notExportable(node: name, reason: "axis \(axis) of its input must have a fixed extent")
        }
        return value
    }
}
