import Boxes
import PeakDecoding

/// What a centre detector answers about one object: each is a number that can be explained on its own.
public enum DetectedQuantity: String, CaseIterable, Sendable {
    /// How sure it is: the heatmap's logit at the peak.
    case score
    /// The box's extents.
    case width, height
    /// Where in its cell the centre lies.
    case offsetX = "offset-x"
    case offsetY = "offset-y"
    /// How far each edge of the box lies out from the middle of the peak's cell.
    case left, top, right, bottom

    /// The outputs' names are CenterNet's; sizes are in cells.
    fileprivate func terms(_ row: Int, _ column: Int, classIndex: Int, scale: Float) -> [Target.Term] {
        func size(_ axis: Int, _ weight: Float) -> Target.Term { .init("size", [axis, row, column], weight: weight) }
        func offset(_ axis: Int, _ weight: Float) -> Target.Term {
            .init("offset", [axis, row, column], weight: weight)
        }
        return switch self {
        case .score: [.init("heatmap", [classIndex, row, column])]
        case .width: [size(0, scale)]
        case .height: [size(1, scale)]
        case .offsetX: [offset(0, scale)]
        case .offsetY: [offset(1, scale)]
        case .left: [size(0, scale / 2), offset(0, -scale)]
        case .top: [size(1, scale / 2), offset(1, -scale)]
        case .right: [size(0, scale / 2), offset(0, scale)]
        case .bottom: [size(1, scale / 2), offset(1, scale)]
        }
    }
}

extension Target {
    /// A quantity of an object that CenterNet's heads answer with ("Objects as Points", section 3): its score's logit, or a length in
    /// image pixels, so that the maps of all lengths share one scale.
    ///
    /// - Parameters:
    ///   - detection: Where its peak is; the box does not matter.
    ///   - pixelsPerCell: Image pixels along an output cell's side.
    public static func quantity<Space>(
        _ quantity: DetectedQuantity, of detection: Detection<Space>, name: String, pixelsPerCell: Double
    ) -> Target {
        Target(
            quantity == .score ? name : "\(name), \(quantity.rawValue)",
            quantity.terms(
                detection.row, detection.column, classIndex: detection.classIndex, scale: Float(pixelsPerCell)))
    }

    /// Several targets at once.
    public static func sum(_ targets: [Target], name: String) -> Target { Target(name, targets.flatMap(\.terms)) }

    /// An element that is written as `output,channel,row,column`, with as many numbers as the output has axes beside the batch.
    public init?(element text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingPrefix { $0 == " " }
        }
        let place = parts.dropFirst().compactMap { Int($0) }
        guard let output = parts.first, !output.isEmpty, !place.isEmpty, place.count == parts.count - 1 else {
            return nil
        }
        self.init("\(output)[\(place.map(String.init).joined(separator: ", "))]", [.init(String(output), place)])
    }
}
