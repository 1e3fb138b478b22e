/// The description of a network output that a decoder needs.
public struct NetworkOutput: Sendable {
    /// The output's name.
    public let name: String
    /// The output's shape for one image, `[1, …]`.
    public let shape: [Int]
    /// Whether the output's last operation is a sigmoid or softmax.
    public let isProbability: Bool
    /// The form of the boxes in the output, where the graph tells it.
    public let boxForm: BoxForm?

    /// Creates a description of an output.
    public init(name: String, shape: [Int], isProbability: Bool, boxForm: BoxForm? = nil) {
        self.name = name
        self.shape = shape
        self.isProbability = isProbability
        self.boxForm = boxForm
    }

    /// Whether the name suggests that the output holds boxes.
    var nameSuggestsBoxes: Bool {
        let name = name.lowercased()
        return ["box", "reg", "loc"].contains { name.contains($0) }
    }
}

/// What the four numbers of a box are.
public enum BoxForm: Sendable {
    /// Centre, width and height.
    case centers
    /// Left, top, right and bottom edge.
    case edges
}

extension [NetworkOutput] {
    /// The shapes by name, for messages.
    var shapesByName: [String: [Int]] { Dictionary(map { ($0.name, $0.shape) }) { first, _ in first } }
}
