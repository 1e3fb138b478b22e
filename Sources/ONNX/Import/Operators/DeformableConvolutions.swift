import Graphs
import Operators
import Tensors

/// Deformable convolutions: ONNX's own operator, and the function of that name that Pinpoint writes for older opsets.
extension Importer {
    func deformableConvolution(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        guard let known = try node.known(1, "weight"), let bias = try channelBias(node, 3) else {
            throw node.lacking("with a computed weight or bias")
        }
        let weight = known.literal.tensor
        guard weight.shape.count == 4, input.rank == 4 else { throw node.lacking("of \(input.rank) axes") }
        let window = try WindowAttributes(node, kernel: Array(weight.shape.suffix(2)), input: input.shape)
        let (groups, offsetGroups) = (try positive(node, "group"), try positive(node, "offset_group"))
        let (outputs, inputs) = (weight.shape[0], weight.shape[1] * groups)
        guard weight.count > 0, outputs % groups == 0, inputs % offsetGroups == 0,
            bias.tensor.map({ $0.count == outputs }) ?? true
        else {
            throw node.malformed("its weight \(weight.shape) and bias do not fit \(groups) groups")
        }
        guard window.before == window.after else { throw node.lacking("with different pads on the two sides") }
        let kind = DeformableConvolution(
            inputChannels: inputs, outputChannels: outputs, kernel: window.kernel, stride: window.stride,
            padding: window.before, dilation: window.dilation, groups: groups, offsetGroups: offsetGroups,
            bias: bias.tensor != nil)
        var sources = [input, try flow(node, 2)]
        if node.has(4) { sources.append(try flow(node, 4)) }
        let values = ["weight": weight, "bias": bias.tensor?.reshaped([outputs])].compactMapValues { $0 }
        return [.value(try add(node, kind, sources, parameters: values))]
    }
}
