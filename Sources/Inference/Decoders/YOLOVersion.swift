import Foundation

/// How a generation of YOLO writes a box into a cell of its grid.
public enum YOLOVersion: String, CaseIterable, Sendable {
    /// YOLOv3 (Redmon and Farhadi, arXiv:1804.02767, section 2.1): centre by a sigmoid, extents by an exponential.
    case v3 = "yolov3"
    /// YOLOv4 (Bochkovskiy et al., arXiv:2004.10934): the centre may leave its cell by a little.
    case v4 = "yolov4"
    /// YOLOv5: centre and extents by sigmoids. YOLOv6 exports boxes that are decoded already, which are read as this one's are.
    case v5 = "yolov5"
    /// YOLOv7 (Wang et al., arXiv:2207.02696): as YOLOv5, with other anchors.
    case v7 = "yolov7"
    /// YOLOv8 and later: no anchors, each edge a distribution (Li et al., arXiv:2006.04388).
    case v8 = "yolov8"

    /// The anchors of each grid, the finest grid first: width and height in input pixels, as published for COCO.
    ///
    /// - Parameter gridCount: 3, or 2 for the tiny networks.
    func anchors(gridCount: Int) -> [[(width: Double, height: Double)]] {
        let flat: [Double] =
            switch self {
            case .v3 where gridCount == 2, .v4 where gridCount == 2:
                [10, 14, 23, 27, 37, 58, 81, 82, 135, 169, 344, 319]
            case .v3, .v5: [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326]
            case .v4, .v7: [12, 16, 19, 36, 40, 28, 36, 75, 76, 55, 72, 146, 142, 110, 192, 243, 459, 401]
            case .v8: []
            }
        return Self.anchors(flat, gridCount: gridCount)
    }

    /// Anchors from a plain list of widths and heights, shared evenly by the grids.
    static func anchors(_ flat: [Double], gridCount: Int) -> [[(width: Double, height: Double)]] {
        let each = flat.count / 2 / max(1, gridCount)
        return (0..<gridCount).map { grid in
            (0..<each).map { (flat[2 * (grid * each + $0)], flat[2 * (grid * each + $0) + 1]) }
        }
    }

    /// A box's middle and extents in input pixels, from what stands in a cell.
    func box(
        _ values: (x: Double, y: Double, width: Double, height: Double), row: Int, column: Int, stride: Double,
        anchor: (width: Double, height: Double)
    ) -> (x: Double, y: Double, width: Double, height: Double) {
        func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
        switch self {
        case .v3, .v4:
            // Each grid of YOLOv4 has a scale of its own: 1.2 at stride 8, 1.1 at 16, 1.05 at 32.
            let scale = self == .v3 ? 1 : 1 + 1.6 / stride
            func place(_ value: Double, _ cell: Int) -> Double {
                (sigmoid(value) * scale - (scale - 1) / 2 + Double(cell)) * stride
            }
            return (
                place(values.x, column), place(values.y, row), anchor.width * exp(values.width),
                anchor.height * exp(values.height)
            )
        case .v5, .v7, .v8:
            func place(_ value: Double, _ cell: Int) -> Double { (2 * sigmoid(value) - 0.5 + Double(cell)) * stride }
            func extent(_ value: Double, _ anchor: Double) -> Double { pow(2 * sigmoid(value), 2) * anchor }
            return (
                place(values.x, column), place(values.y, row), extent(values.width, anchor.width),
                extent(values.height, anchor.height)
            )
        }
    }
}
