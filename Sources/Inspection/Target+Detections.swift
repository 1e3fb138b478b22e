import Boxes
import Inference
import PeakDecoding

extension Target {
    /// A quantity of a detected object: its score's logit, or a length in image pixels, so that the maps of all lengths share one scale.
    ///
    /// - Parameters:
    /// - detection: Only the cell that it was read from matters; its box does not.
    /// - imagePixels: The size of an input pixel in image pixels.
    /// - Returns: nil if the network does not output that quantity, or it is not a weighted sum of the outputs.
    public static func quantity<Space>(
        _ quantity: DetectedQuantity, of detection: Detection<Space>, by decoder: any DetectionDecoder, name: String,
        imagePixels: (across: Double, down: Double)
    ) -> Target? {
        guard let elements = decoder.elements(of: quantity, of: DetectionSource(detection)) else { return nil }
        let factor: Float =
            switch quantity {
            case .score: 1
            case .width, .offsetX, .left, .right: Float(imagePixels.across)
            case .height, .offsetY, .top, .bottom: Float(imagePixels.down)
            }
        return Target(
            quantity == .score ? name : "\(name), \(quantity.rawValue)",
            elements.map { OutputElement($0.output, $0.place, weight: $0.weight * factor) })
    }

    /// The sum of several targets.
    public static func sum(_ targets: [Target], name: String) -> Target { Target(name, targets.flatMap(\.terms)) }

    /// Parses an element written as `output,channel,row,column`, with as many numbers as the output has axes besides the batch.
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
