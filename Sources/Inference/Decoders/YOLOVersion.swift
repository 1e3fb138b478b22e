import Foundation

/// A YOLO version, which determines how boxes are encoded in a grid's cells.
public enum YOLOVersion: String, CaseIterable, Sendable {
    /// YOLOv3 (Redmon and Farhadi, arXiv:1804.02767, section 2.1): centre by a sigmoid, size by an exponential.
    case v3 = "yolov3"
    /// YOLOv4 (Bochkovskiy et al., arXiv:2004.10934): the centre can lie slightly outside its cell.
    case v4 = "yolov4"
    /// YOLOv5: centre and size by sigmoids. YOLOv6 exports boxes that are already decoded and read like YOLOv5's.
    case v5 = "yolov5"
    /// YOLOv7 (Wang et al., arXiv:2207.02696): as YOLOv5, with other anchors.
    case v7 = "yolov7"
    /// YOLOv8 and later: no anchors, each edge a distribution (Li et al., arXiv:2006.04388).
    case v8 = "yolov8"
    /// YOLOX (Ge et al., arXiv:2107.08430): no anchors; the centre is relative to its cell, the size an exponential.
    case x = "yolox"

    /// Returns the anchors of each grid, the finest grid first: width and height in input pixels, as published for COCO; nil when no
    /// network with this number of grids was published. Tiny networks have two grids, except YOLOv7's, whose anchors are YOLOv5's; networks
    /// with four grids are for inputs of 1280 pixels.
    func anchors(gridCount: Int) -> [[(width: Double, height: Double)]]? {
        let flat: [Double]? =
            switch (self, gridCount) {
            case (.v3, 2): [10, 14, 23, 27, 37, 58, 81, 82, 135, 169, 344, 319]
            // Published with one anchor in both grids, and the smallest anchor in neither.
            case (.v4, 2): [23, 27, 37, 58, 81, 82, 81, 82, 135, 169, 344, 319]
            case (.v3, 3), (.v5, 3): [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326]
            case (.v4, 3), (.v7, 3):
                [12, 16, 19, 36, 40, 28, 36, 75, 76, 55, 72, 146, 142, 110, 192, 243, 459, 401]
            case (.v5, 4), (.v7, 4):
                [
                    19, 27, 44, 40, 38, 94, 96, 68, 86, 152, 180, 137, 140, 301, 303, 264, 238, 542, 436, 615, 739, 380,
                    925, 792,
                ]
            default: nil
            }
        return flat.map { Self.anchors($0, gridCount: gridCount) }
    }

    /// Returns anchors from a flat list of widths and heights, divided evenly among the grids.
    static func anchors(_ flat: [Double], gridCount: Int) -> [[(width: Double, height: Double)]] {
        let each = flat.count / 2 / max(1, gridCount)
        return (0..<gridCount).map { grid in
            (0..<each).map { (flat[2 * (grid * each + $0)], flat[2 * (grid * each + $0) + 1]) }
        }
    }

    /// Returns the factor of a centre's sigmoid; above 1 the centre can lie outside its cell by the same distance on both sides.
    func centerScale(stride: Int, gridCount: Int) -> Double {
        switch self {
        case .v3: 1
        // Each grid of YOLOv4 has its own scale: 1.2 at stride 8, 1.1 at 16, 1.05 at 32; the tiny network's grids have 1.05.
        case .v4: gridCount == 2 ? 1.05 : 1 + 1.6 / Double(stride)
        case .v5, .v7, .v8, .x: 2
        }
    }

    /// Whether widths and heights are squares of sigmoids, not exponentials.
    var extentsAreSigmoids: Bool { self != .v3 && self != .v4 }
}
