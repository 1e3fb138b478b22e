import Graphs
import Images
import Inference
import Inspection
import InspectionJobs
import Operators
import Tensors
import Testing

/// Explanations at layers that the program chooses.
@Suite struct DefaultLayersTests {
    private func findings(
        _ graph: Graph, _ parameters: ParameterStore, _ target: Target, methods: [Inspection.Method] = [.gradCAM]
    ) throws -> ImageInspector.Findings {
        let detector = try Detector(
            name: "test", classNames: [], graph: graph, parameters: parameters, inputName: "image",
            preparation: ImagePreparation(extent: .init(side: 16)), decoder: RawDecoder())
        var request = InspectionRequest()
        request.subject = .elements([target])
        request.methods = methods
        let inspector = try ImageInspector(
            predictor: Predictor(detector: detector, backend: ReferenceBackend()), backend: ReferenceBackend(),
            request: request)
        var image = Image(width: 16, height: 16, fill: (20, 90, 200))
        for x in 4..<9 { for y in 3..<11 { image[x, y] = (250, 240, 10) } }
        return try inspector.findings(about: ScaledImage(image))
    }

    @Test("A target without such a layer is refused, for every method of layers; methods of the input need none")
    func noLayer() throws {
        var graph = Graph()
        let image = graph.input("image")
        graph.output("y", graph.add("mean", Reduction(.mean, axes: [2, 3], keepsAxes: false), image))
        let parameters = ParameterStore(for: graph)
        let target = Target("y[1]", [.init("y", [1])])
        for method in [Inspection.Method.gradCAM, .scoreCAM, .ablationCAM, .eigenCAM] {
            #expect(throws: InspectionError.noLayer(target: "y[1]")) {
                try findings(graph, parameters, target, methods: [method])
            }
        }
        #expect(try findings(graph, parameters, target, methods: [.inputGradient]).explanations.count == 1)
    }

    @Test("Where the first layer shows nothing, the next one does; a saturated target is moved and named")
    func nextLayer() throws {
        var graph = Graph()
        let convolution = Convolution(inputChannels: 3, outputChannels: 2, kernel: 3, padding: 1)
        let fine = graph.add("fine", ReLU(), graph.add("conv", convolution, graph.input("image")))
        let pooled = graph.add("pooled", AveragePooling(kernel: 2, stride: 2), fine)
        let coarse = graph.add(
            "coarse", ReLU(), graph.add("conv2", Convolution(inputChannels: 2, outputChannels: 2, kernel: 1), pooled))
        let means = [fine, coarse].enumerated().map { index, map in
            graph.add("mean\(index)", Reduction(.mean, axes: [2, 3], keepsAxes: false), map)
        }
        let sum = graph.add("sum", Add(), means[0], means[1])
        graph.output("y", graph.add("score", Sigmoid(), sum))
        let parameters = ParameterStore(for: graph)
        try parameters.assign("conv.weight", Tensor([2, 3, 3, 3], repeating: 0.1))
        try parameters.assign("conv.bias", Tensor([2]))
        try parameters.assign("conv2.weight", Tensor([2, 2, 1, 1]))
        // The coarse map is zero everywhere.
        try parameters.assign("conv2.bias", Tensor([2], repeating: -1))
        let plain = try findings(graph, parameters, Target("y[0]", [.init("y", [0])]))
        #expect(plain.explanations[0].explanations[0].layers.map(\.layer) == ["fine"])
        try parameters.assign("conv.bias", Tensor([2], repeating: 500))
        let saturated = try findings(graph, parameters, Target("y[0]", [.init("y", [0])]))
        #expect(saturated.subjects[0].target.name == "y[0], before its sigmoid, which is saturated at 1")
        #expect(saturated.explanations[0].explanations[0].layers[0].flatness == nil)
    }
}
