import DetectionHeads

/// How much each head's loss counts in the total.
public struct LossWeights: Hashable, Sendable {
    private var changed: [DetectionHead: Double]

    /// CenterNet's weights, except for those given.
    public init(_ changed: [DetectionHead: Double] = [:]) { self.changed = changed }

    /// The weight of a head.
    public subscript(head: DetectionHead) -> Double {
        get { changed[head] ?? head.lossWeight }
        set { changed[head] = newValue == head.lossWeight ? nil : newValue }
    }
}
