import Boxes
import Graphs
import Inference
import Inspection
import Networks
import Tensors

extension FrameInspector {
    /// A network's answers: its detections, and a map of the followed one by the request's first method, for its first quantity.
    ///
    /// One layer's map is as the method makes it, so that frames can be compared. The map of several layers is what pytorch-grad-cam
    /// would show, which is stretched to `0...1` in each frame.
    ///
    /// - Throws: ``InspectionError``, ``GraphError/unknownNode(_:nearest:)`` for layers that are not there.
    public init(predictor: Predictor, backend: any Backend, request: InspectionRequest) throws {
        let graph = predictor.model.graph
        let explainer = Explainer(
            try Inspector(graph: graph, parameters: predictor.model.parameters, backend: backend),
            options: request.options)
        var seen: Set<String> = []
        let named = try request.layers.flatMap { try graph.nodes(matching: $0) }.filter { seen.insert($0).inserted }
        let method = request.methods.first ?? .gradCAM
        let quantity = request.quantities.first ?? .score
        self.init { picture in
            try predictor.predict([picture])[0].detections.filter { Double($0.score) >= request.threshold }
        } explain: { picture, detection in
            let (input, view) = predictor.input(for: picture)
            let target = Target.quantity(
                quantity, of: detection, name: predictor.model.classNames[detection.classIndex],
                pixelsPerCell: Double(outputStride) / view.a)
            var layers = named
            if layers.isEmpty {
                layers = try explainer.inspector.deepestLayer(for: target, input: input.shape).map { [$0] } ?? []
            }
            let explanation = try explainer.explain(input, by: method, layers: layers, targets: [target])[0]
            let (rows, columns) = (input.shape[2], input.shape[3])
            var (cells, flatness) = (Tensor([1, 1]), explanation.layers.first?.flatness)
            if let only = explanation.layers.first, explanation.layers.count == 1 {
                cells = only.map
            } else if let all = explanation.combined(rows: rows, columns: columns) {
                (cells, flatness) = (all, nil)
            }
            let toCells = AffineMap<InputPixels, MapCells>(
                scaleX: Double(cells.shape[1]) / Double(columns), scaleY: Double(cells.shape[0]) / Double(rows))
            return Map(cells: cells, imageToCells: view.followed(by: toCells), flatNote: flatness?.sentence)
        }
    }
}
