import Foundation
import Graphs
import Operators
import SwiftProtobuf
import Tensors

/// Writes a graph as an ONNX file: opset 17, IR version 8, float32.
///
/// Nodes and their outputs keep the nodes' names; parameters become initializers under their full names. Inputs and outputs keep their
/// names.
///
/// - Parameters:
///   - inputs: The shape of each input, which the file declares, except for extents that the options make free.
/// - Throws: ``ONNXError/notExportable(node:reason:)`` for a node that cannot be expressed in ONNX or does not support free extents;
///   ``ONNXError/input(name:reason:)`` for an input without a shape.
public func exportONNX(
    _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]],
    options: ONNXExportOptions = ONNXExportOptions()
) throws(ONNXError) -> Data {
    let exporter = try GraphExporter(graph, parameters: parameters, inputs: inputs, options: options)
    let model = try exporter.model()
    do {
        return try model.serializedData()
    } catch {
        throw .notExportable(node: "the graph", reason: "\(error)")
    }
}

/// The export of one graph.
private struct GraphExporter {
    let graph: Graph
    let parameters: ParameterStore
    let options: ONNXExportOptions
    let extents: FileExtents
    let folding: NormalizationFolding
    let file = GraphWriter()
    /// The name of each node's output in the file.
    let names: [String]
    /// The nodes whose output is read only as bytes.
    let byteNodes: Set<Int>

    /// The maximum size in bytes of a message in the wire format.
    private static let largestFile = Int(Int32.max)

    init(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], options: ONNXExportOptions
    ) throws(ONNXError) {
        self.graph = graph
        self.parameters = parameters
        self.options = options
        extents = try FileExtents(graph, inputs: inputs, options: options)
        folding = options.foldsNormalization ? NormalizationFolding(graph) : NormalizationFolding()
        var names = graph.nodes.map(\.name)
        for (convolution, normalization) in folding.normalizations {
            names[convolution] = graph.nodes[normalization].name
        }
        self.names = names
        byteNodes = Self.byteNodes(graph)
    }

    private static func byteNodes(_ graph: Graph) -> Set<Int> {
        var nodes = Set(graph.nodes.indices.filter { graph.nodes[$0].operator is QuantizeLinear })
        for node in graph.nodes where !(node.operator is DequantizeLinear) {
            for input in node.inputs { nodes.remove(input.index) }
        }
        for output in graph.outputs { nodes.remove(output.value.index) }
        return nodes
    }

    func model() throws(ONNXError) -> ProtoModel {
        for node in graph.nodes { try file.reserve(node.name) }
        for name in graph.parameters.map(\.name) { try file.reserve(name) }
        let absorbed = Set(folding.normalizations.values)
        for index in graph.nodes.indices where !absorbed.contains(index) { try write(node: index) }
        try writeOutputs()
        guard file.numberBytes < Self.largestFile else {
            throw .notExportable(
                node: "the graph",
                reason: "its data take \(file.numberBytes) bytes, but a file must be smaller than 2^31"
            )
        }
        var model = ProtoModel()
        model.irVersion = 8
        model.producerName = "pinpoint"
        model.opsetImport = [operatorSet("", 17)]
        if !file.functions.isEmpty { model.opsetImport.append(operatorSet(LocalFunction.domain, 1)) }
        model.functions = file.functions
        model.graph = file.graph
        model.graph.name = options.metadata["network"] ?? "graph"
        model.metadataProps = options.metadata.sorted { $0.key < $1.key }.map { entry in
            var property = ProtoStringEntry()
            (property.key, property.value) = (entry.key, entry.value)
            return property
        }
        return model
    }

    private func write(node index: Int) throws(ONNXError) {
        let node = graph.nodes[index]
        guard let kernel = node.operator else {
            file.add(input: ProtoValueInformation(node.name, .float, extents.shapes[index]))
            return
        }
        guard let exportable = kernel as? any ONNXExportable else {
            throw .notExportable(node: node.name, reason: "ONNX has no equivalent of \(kernel.kind)")
        }
        let writer = NodeWriter(
            name: node.name, result: names[index], inputs: node.inputs.map { names[$0.index] },
            parameters: try writeParameters(of: index), parameterValues: try views(of: node).map(\.view),
            inputShapes: node.inputs.map { extents.shapes[$0.index] }, shape: extents.shapes[index],
            isReadAsIntegers: byteNodes.contains(index), file: file)
        try exportable.write(to: writer)
        if !graph.outputs.contains(where: { $0.name == names[index] }) {
            let element = byteNodes.contains(index) ? file.integers(of: names[index])?.kind.element : nil
            file.add(value: ProtoValueInformation(names[index], element ?? .float, extents.shapes[index]))
        }
    }

    /// Writes a node's parameters and returns their names.
    private func writeParameters(of index: Int) throws(ONNXError) -> [String] {
        let node = graph.nodes[index]
        let own = try views(of: node)
        guard let kernel = node.operator as? any ScalableConvolution, let place = folding.normalizations[index],
            let normalization = graph.nodes[place].operator as? BatchNormalization
        else {
            // Where bytes are read or written, the zero point has the byte type and is written with the node.
            let hasByteZero = makesOrTakesBytes(node)
            for (name, view) in own.prefix(hasByteZero ? 1 : own.count) where !writeIntegers(name, view.shape) {
                file.add(ProtoTensorDefinition(name, view.shape, floats: UnsafeBufferPointer(view.elements)))
            }
            return own.map(\.name)
        }
        let (weight, bias) = NormalizationFolding.fold(
            kernel, own.map(\.view), normalization, try views(of: graph.nodes[place]).map(\.view))
        let names = own.count > 1 ? own.map(\.name) : [own[0].name, file.unique("\(node.name).bias")]
        for (name, tensor) in zip(names, [weight, bias]) {
            tensor.withElements { file.add(ProtoTensorDefinition(name, tensor.shape, floats: $0)) }
        }
        return names
    }

    private func makesOrTakesBytes(_ node: Graph.Node) -> Bool {
        node.operator is QuantizeLinear
            || node.operator is DequantizeLinear && file.integers(of: names[node.inputs[0].index]) != nil
    }

    /// Writes a quantized parameter as integers with a DequantizeLinear node.
    ///
    /// - Returns: False if the parameter is not quantized.
    private func writeIntegers(_ name: String, _ shape: [Int]) -> Bool {
        guard let (values, form) = parameters.integers(of: name) else { return false }
        func part(_ part: String) -> String { file.unique("\(name)/\(part)") }
        let scales = ProtoTensorDefinition(part("scale"), [form.scales.count], floats: form.scales)
        let parts: [ProtoTensorDefinition]
        switch form.width {
        case .eight:
            let zeros = [Int](repeating: 0, count: form.scales.count)
            parts = [
                ProtoTensorDefinition(part("quantized"), shape, .int8, values.map { Int($0) }), scales,
                ProtoTensorDefinition(part("zero_point"), [zeros.count], .int8, zeros),
            ]
        case .thirtyTwo: parts = [ProtoTensorDefinition(part("quantized"), shape, int32: values), scales]
        }
        for part in parts { file.add(part) }
        file.add(
            ProtoNodeDefinition(
                DequantizeLinear.kind, name: part("dequantize"), inputs: parts.map(\.name), outputs: [name],
                attributes: [.int("axis", form.axis)]))
        return true
    }

    private func views(of node: Graph.Node) throws(ONNXError) -> [(name: String, view: TensorView)] {
        var views: [(name: String, view: TensorView)] = []
        for declaration in node.operator?.parameters ?? [] {
            let name = node.parameterName(declaration)
            guard let view = parameters.entry(name)?.value, view.shape == declaration.shape else {
                throw .notExportable(
                    node: node.name, reason: "there is no parameter '\(name)' of the shape \(declaration.shape)")
            }
            views.append((name, view))
        }
        return views
    }

    /// Writes the graph's outputs under their own names, as outputs of the file or as inputs of the decoding.
    private func writeOutputs() throws(ONNXError) {
        for output in graph.outputs {
            let (name, index) = (output.name, output.value.index)
            if name != names[index] {
                try file.reserve(name)
                file.add(
                    ProtoNodeDefinition("Identity", name: name, inputs: [names[index]], outputs: [name], attributes: [])
                )
            } else if graph.nodes[index].operator == nil {
                throw .notExportable(node: name, reason: "an output cannot have the name of the input that it returns")
            }
            let information = ProtoValueInformation(name, .float, extents.shapes[index])
            // Outputs that the decoding does not read stay outputs.
            if options.decode?.reads(name) == true {
                file.add(value: information)
            } else {
                file.add(output: information)
            }
        }
        try options.decode?.write(to: file) { name in
            graph.outputs.first { $0.name == name }.map { extents.shapes[$0.value.index] }
        }
    }

    private func operatorSet(_ domain: String, _ version: Int64) -> ProtoOperatorSet {
        var set = ProtoOperatorSet()
        (set.domain, set.version) = (domain, version)
        return set
    }
}
