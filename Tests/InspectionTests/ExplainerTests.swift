import GoldenNetwork
import Graphs
import Inspection
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Explanations from end to end: network, record, method, scaling.
@Suite struct ExplainerTests {
    static let backends: [any Backend] = [ReferenceBackend(), OneDNNBackend()]

    /// The two methods by principal components have a test of their own: their sign may depend on the last bits.
    private static let names: [(golden: String, method: Method)] = [
        ("gradCAM", .gradCAM), ("gradCAMPlusPlus", .gradCAMPlusPlus), ("xGradCAM", .xGradCAM), ("layerCAM", .layerCAM),
        ("hiResCAM", .hiResCAM), ("elementWise", .elementWiseGradCAM),
    ]

    private func wholeBatch(_ backend: any Backend) throws -> (Explainer, Tensor) {
        let (golden, graph, store) = try GoldenNetwork.network()
        return (
            Explainer(try Inspector(graph: graph, parameters: store, backend: backend)), try golden["input"].tensor()
        )
    }

    private func network(_ backend: any Backend) throws -> (Explainer, Tensor) {
        let (explainer, batch) = try wholeBatch(backend)
        return (explainer, batch.item(0).reshaped([1] + batch.shape.dropFirst()))
    }

    @Test("Golden: maps are pytorch-grad-cam's", arguments: backends)
    func mapsArePyTorchs(backend: any Backend) throws {
        let golden = try Golden.load("cam")
        let peak = try golden["peak"]
        let place = try ["category", "y", "x"].map { try peak[$0].integer() }
        let target = Target("peak", [.init("heatmap", place)])
        let (explainer, batch) = try wholeBatch(backend)
        // The item of the batch that has this peak.
        let value = Float(try peak["value"].number())
        let distances = try explainer.inspector.scores(batch, target: target).map { abs($0 - value) }
        let item = try #require(distances.indices.min { distances[$0] < distances[$1] })
        let input = batch.item(item).reshaped([1] + batch.shape.dropFirst())
        let layer = try golden["layer"].string()
        let all = try explainer.explain(input, by: Self.names.map(\.method), layers: [layer], targets: [target])
        for ((name, _), explanations) in zip(Self.names, all) {
            let expected = try golden["maps"][name].tensor()
            #expect(abs(explanations[0].value - value) < 1e-4)
            let map = try #require(explanations[0].combined(rows: expected.shape[0], columns: expected.shape[1]))
            let difference = zip(map.elements, expected.elements).map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference < 1e-3, "\(name) differs by \(difference)")
        }
    }

    private var targets: [Target] {
        [Target("a", [.init("heatmap", [0, 4, 5])]), Target("b", [.init("heatmap", [1, 2, 2])])]
    }

    @Test(arguments: Method.allCases, backends)
    func everyMethodAnswersForEveryTarget(method: Method, backend: any Backend) throws {
        var (explainer, input) = try network(backend)
        explainer.options.riseMasks = 20
        explainer.options.smoothGradSamples = 3
        explainer.options.integrationSteps = 4
        let layers = method == .cam ? ["hm1relu"] : ["l1", "l2"]
        let found = try explainer.explain(input, by: method, layers: layers, targets: targets)
        #expect(found.map(\.target) == targets)
        for explanation in found {
            #expect(explanation.layers.map(\.layer) == (method.subject == .input ? ["image"] : layers))
            #expect(explanation.layers.allSatisfy { $0.flatness != .notFinite })
            let map = explanation.combined(rows: 40, columns: 48)
            let isFlat = explanation.layers.allSatisfy { $0.flatness != nil }
            #expect((map == nil) == isFlat)
            #expect(map.map { $0.shape == [40, 48] && abs(($0.elements.max() ?? 0) - 1) < 1e-3 } ?? isFlat)
        }
        if !method.ignoresTarget && method != .cam { #expect(found[0].layers[0].map != found[1].layers[0].map) }
    }

    /// A 1x1 head is a sum over channels, so CAM is the logit, cell by cell, less the head's bias.
    @Test func camIsTheHeadsOwnMap() throws {
        let (explainer, input) = try network(ReferenceBackend())
        let map = try explainer.explain(input, by: .cam, layers: ["hm1relu"], targets: targets)[1].layers[0].map
        let bias = try #require(explainer.inspector.parameters["hm2.bias"])[1]
        for (row, column) in [(0, 0), (4, 5), (2, 7)] {
            let logit = try explainer.inspector.scores(
                input, target: Target("x", [.init("heatmap", [1, row, column])]))
            #expect(abs(map[row, column] + bias - logit[0]) < 1e-4)
        }
        #expect(
            throws: InspectionError.unsuitable(
                "CAM needs the layer before the linear head of 'heatmap', which is 'hm1relu'")
        ) { try explainer.explain(input, by: .cam, layers: ["l2"], targets: targets) }
    }

    @Test func whatCannotBeExplainedIsSaid() throws {
        let (explainer, input) = try network(ReferenceBackend())
        let size = Target("the width", [.init("size", [0, 1, 1])])
        #expect(throws: InspectionError.noPath(layer: "hm1", target: "the width")) {
            try explainer.explain(input, by: .gradCAM, layers: ["hm1"], targets: [size])
        }
        // One cell, and no cells at all.
        var graph = Graph()
        var value = graph.add("a", Convolution(inputChannels: 3, outputChannels: 4, kernel: 1), graph.input("image"))
        value = graph.add("pool", GlobalAveragePooling(), value)
        graph.output("class", graph.add("head", Linear(inputFeatures: 4, outputFeatures: 2), value))
        let classifier = Explainer(
            try Inspector(graph: graph, parameters: ParameterStore(for: graph, seed: 1), backend: ReferenceBackend()))
        let image = Tensor([1, 3, 4, 4], repeating: 0.5)
        let target = Target("class 1", [.init("class", [1])])
        #expect(throws: InspectionError.self) {
            try classifier.explain(image, by: .gradCAM, layers: ["pool"], targets: [target])
        }
        // A constant image gives a uniform map.
        let flat = try classifier.explain(image, by: .hiResCAM, layers: ["a"], targets: [target])[0]
        #expect(flat.layers[0].flatness == .uniform || flat.layers[0].flatness == .negative)
        #expect(flat.combined(rows: 4, columns: 4) == nil)
        #expect(try !classifier.explain(image, by: .cam, layers: ["a"], targets: [target]).isEmpty)
    }

    @Test func flatMapsAreToldApart() {
        func flatness(_ numbers: [Float]) -> Flatness? {
            LayerMap(layer: "x", map: Tensor([1, numbers.count], elements: numbers)).flatness
        }
        #expect(flatness([0, 0, 0]) == .zero)
        #expect(flatness([-1, 0, -2]) == .negative)
        #expect(flatness([3, 3, 3.000001]) == .uniform)
        #expect(flatness([1, .nan, 2]) == .notFinite)
        #expect(flatness([1, .infinity, 2]) == .notFinite)
        #expect(flatness([0, 1e-12, 0]) == nil)
        #expect(LayerMap(layer: "x", map: Tensor([1, 2], elements: [-3, 2])).range == 0...2)
    }

    @Test func methodsAreFoundByAnySpelling() {
        #expect(Method(named: "GradCAM") == .gradCAM)
        #expect(Method(named: "grad_cam++") == .gradCAMPlusPlus)
        #expect(Method(named: "LayerCAM") == .layerCAM)
        #expect(Method(named: "grad") == nil)
        for method in Method.allCases { #expect(Method(named: method.rawValue) == method) }
    }
}
