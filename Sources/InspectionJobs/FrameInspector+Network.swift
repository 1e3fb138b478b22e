import Inspection
import Tensors

extension FrameInspector {
    /// Creates an inspector from a network: its detections, and a map of the tracked one by the request's first method and quantity.
    ///
    /// The map of one layer is not scaled, so that frames can be compared. The map of several layers is combined as in pytorch-grad-cam,
    /// which scales it to `0...1` in each frame.
    public init(_ inspector: ImageInspector) {
        self.init { image in
            try inspector.detections(in: image)
        } explain: { image, detection in
            let (explanation, place) = try inspector.explanation(of: detection, in: image)
            var (cells, flatness) = (Tensor([1, 1]), explanation.layers.first?.flatness)
            if let only = explanation.layers.first, explanation.layers.count == 1 {
                cells = only.map
            } else if let all = explanation.combined(rows: place.extent.rows, columns: place.extent.columns) {
                (cells, flatness) = (all, nil)
            }
            return Map(
                cells: cells, imageToCells: place.imageToCells(rows: cells.shape[0], columns: cells.shape[1]),
                flatNote: flatness?.sentence)
        }
    }
}
