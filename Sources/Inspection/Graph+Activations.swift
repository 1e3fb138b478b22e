import Graphs
import Operators

extension Graph {
    /// Whether a node is an activation that ends a block of layers: ReLU and similar functions, and products of a value with a gate that is
    /// computed from it alone, which is how PyTorch exports SiLU, Mish and hard swish.
    func isActivation(_ index: Int) -> Bool {
        let node = nodes[index]
        switch node.operator {
        case is ReLU, is PReLU: return true
        case let activation as Activation: return activation.endsBlocks
        case is Multiply:
            let (left, right) = (node.inputs[0].index, node.inputs[1].index)
            return isGate(right, of: left) || isGate(left, of: right)
        default: return false
        }
    }

    /// Whether a node is a chain of element-wise functions of another node.
    private func isGate(_ index: Int, of source: Int) -> Bool {
        var place = index
        while place != source {
            guard nodes[place].operator is Sigmoid || nodes[place].operator is Activation,
                let input = nodes[place].inputs.first
            else { return false }
            place = input.index
        }
        return index != source
    }
}

extension Activation {
    /// Whether blocks of layers end with this activation; other activations are plain arithmetic.
    fileprivate var endsBlocks: Bool {
        switch function {
        case .leakyReLU, .hardSwish, .elu, .selu, .celu, .softplus, .mish, .gelu, .silu, .clip, .thresholdedReLU: true
        default: false
        }
    }
}
