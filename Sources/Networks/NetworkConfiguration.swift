/// Input pixels to an output cell, in each direction: every network here answers at a quarter of its input's resolution.
public let outputStride = 4

/// Which network, and how large its answers are.
public struct NetworkConfiguration: Sendable, Equatable {
    /// One of ``NetworkCatalogue/names``.
    public var name: String
    /// How many classes the heatmap tells apart.
    public var classCount: Int
    /// Channels of each head's hidden layer.
    public var headChannels: Int
    /// How many keypoints of an object are answered with; 0 for boxes alone.
    public var keypointCount: Int

    /// A configuration from its parts.
    ///
    /// - Parameter headChannels: nil for as many as the network is published with.
    public init(name: String, classCount: Int, headChannels: Int? = nil, keypointCount: Int = 0) {
        self.name = name
        self.classCount = classCount
        self.headChannels = headChannels ?? NetworkCatalogue.headChannels(of: name)
        self.keypointCount = keypointCount
    }
}
