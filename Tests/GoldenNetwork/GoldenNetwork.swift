import Graphs
import JSON
import Operators
import Tensors
import TestSupport

/// A golden tensor, or a flat list of numbers for one axis.
public func tensor(_ value: JSONValue) throws -> Tensor {
    if case .array = value {
        let numbers = try value.numbers().map(Float.init)
        return Tensor([numbers.count], elements: numbers)
    }
    return try value.tensor()
}

/// The network of `network.json`, with the weights in that file.
public func network() throws -> (golden: JSONValue, graph: Graph, store: ParameterStore) {
    let golden = try Golden.load("network")
    let graph = goldenGraph()
    let store = ParameterStore(for: graph, seed: 1)
    for (name, value) in try golden["weights"].object() { try store.assign(name, tensor(value)) }
    return (golden, graph, store)
}

/// Stem, two basic blocks, one transposed convolution and two heads, named as in `network.json`.
public func goldenGraph() -> Graph {
    var graph = Graph()
    func convolution(_ from: Int, _ to: Int, _ kernel: Int, stride: Int = 1, bias: Bool = false) -> Convolution {
        Convolution(
            inputChannels: from, outputChannels: to, kernel: Extent(kernel), stride: Extent(stride),
            padding: Extent(kernel / 2), bias: bias)
    }
    func block(_ name: String, _ x: Graph.Value, _ from: Int, _ to: Int, stride: Int) -> Graph.Value {
        var y = graph.add("\(name).conv1", convolution(from, to, 3, stride: stride), x)
        y = graph.add("\(name).relu1", ReLU(), graph.add("\(name).bn1", BatchNormalization(channels: to), y))
        y = graph.add("\(name).conv2", convolution(to, to, 3), y)
        y = graph.add("\(name).bn2", BatchNormalization(channels: to), y)
        var shortcut = x
        if stride != 1 {
            shortcut = graph.add("\(name).down.0", convolution(from, to, 1, stride: stride), x)
            shortcut = graph.add("\(name).down.1", BatchNormalization(channels: to), shortcut)
        }
        return graph.add(name, ReLU(), graph.add("\(name).add", Add(), y, shortcut))
    }
    let image = graph.input("image", needsGradientInTraining: true)
    var x = graph.add("conv", convolution(3, 8, 7, stride: 2), image)
    x = graph.add("relu", ReLU(), graph.add("bn", BatchNormalization(channels: 8), x))
    x = graph.add("pool", MaxPooling(kernel: 3, stride: 2, padding: 1), x)
    x = block("l2", block("l1", x, 8, 8, stride: 1), 8, 16, stride: 2)
    let up = TransposedConvolution(inputChannels: 16, outputChannels: 8, kernel: 4, stride: 2, padding: 1, bias: false)
    x = graph.add("upbn", BatchNormalization(channels: 8), graph.add("up", up, x))
    x = graph.add("uprelu", ReLU(), x)
    let hidden = graph.add("hm1relu", ReLU(), graph.add("hm1", convolution(8, 8, 3, bias: true), x))
    graph.output("heatmap", graph.add("hm2", convolution(8, 3, 1, bias: true), hidden))
    graph.output("size", graph.add("wh", convolution(8, 2, 1, bias: true), x))
    return graph
}
