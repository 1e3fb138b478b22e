/// What a decoder is told about one of a network's outputs.
public struct NetworkOutput: Sendable {
    /// The output's name.
    public let name: String
    /// Its shape for one image, `[1, …]`.
    public let shape: [Int]
    /// Whether a sigmoid or softmax is the last thing that the network does for it.
    public let isProbability: Bool

    /// An output from its parts.
    public init(name: String, shape: [Int], isProbability: Bool) {
        self.name = name
        self.shape = shape
        self.isProbability = isProbability
    }

    /// Whether its name says that it holds boxes.
    var soundsLikeBoxes: Bool {
        let name = name.lowercased()
        return ["box", "reg", "loc"].contains { name.contains($0) }
    }
}

extension [NetworkOutput] {
    /// For messages.
    var shapesByName: [String: [Int]] { Dictionary(map { ($0.name, $0.shape) }) { first, _ in first } }
}
