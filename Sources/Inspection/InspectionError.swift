/// Why an explanation cannot be made.
public enum InspectionError: Error, Equatable, CustomStringConvertible {
    /// The network does not have exactly one input.
    case inputs([String])
    /// A target names an element that an output does not have; the output's shape is without the batch.
    case noSuchElement(Target.Term, shape: [Int])
    /// A layer's value has no rows and columns.
    case noExtent(layer: String, shape: [Int])
    /// No layer that the target is computed from has rows and columns.
    case noLayer(target: String)
    /// Nothing of the target is computed from the layer.
    case noPath(layer: String, target: String)
    /// The index exceeds the number of detections.
    case noSuchDetection(index: Int, count: Int, threshold: Double)
    /// The heatmap of that class has no peak.
    case nothingOfClass(String)
    /// No class has that name.
    case unknownClass(String, known: [String])
    /// A method that cannot explain this target; a sentence.
    case unsuitable(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .inputs(let names):
            "only networks with one input can be inspected, and this one has \(names.count)"
                + (names.isEmpty ? "" : ": \(names.joined(separator: ", "))")
        case .noSuchElement(let term, let shape):
            "there is no element \(term.place.map(String.init).joined(separator: ",")) in the output '\(term.output)', "
                + "whose shape is \(shape.map(String.init).joined(separator: " x "))"
        case .noExtent(let layer, let shape):
            "the layer '\(layer)' has no rows and columns to draw (its shape is "
                + "\(shape.map(String.init).joined(separator: " x ")))"
        case .noLayer(let target):
            "no layer that \(target) is computed from has rows and columns to draw; methods of the input need no layer "
                + "(--method input-gradient)"
        case .noPath(let layer, let target):
            "\(target) is not computed from the layer '\(layer)', so no gradient reaches it"
        case .noSuchDetection(let index, 0, let threshold):
            "there is no detection \(index): nothing in this image scores \(threshold) or more"
        case .noSuchDetection(let index, let count, let threshold):
            "there is no detection \(index): this image has \(count == 1 ? "only number 0" : "0 to \(count - 1)"), "
                + "counting those that score \(threshold) or more"
        case .nothingOfClass(let name): "the heatmap of '\(name)' has no peak in this image"
        case .unknownClass(let name, let known):
            "there is no class '\(name)'; there are \(known.joined(separator: ", "))"
        case .unsuitable(let sentence): sentence
        }
    }
}
