import Boxes

/// Which network, and how large its answers are.
public struct NetworkConfiguration: Sendable, Equatable {
    /// One of ``NetworkCatalogue/names``.
    public var name: String
    /// The number of classes.
    public var classCount: Int
    /// The number of channels of each head's hidden layer.
    public var headChannels: Int
    /// The number of keypoints per object; 0 for none.
    public var keypointCount: Int
    /// Whether it detects boxes or points; for points, it has no head of sizes.
    public var objectKind: ObjectKind

    /// Creates a configuration.
    ///
    /// - Parameter headChannels: The channels of each head's hidden layer; nil for as many as in the published network.
    public init(
        name: String, classCount: Int, headChannels: Int? = nil, keypointCount: Int = 0, objectKind: ObjectKind = .boxes
    ) {
        self.name = name
        self.classCount = classCount
        self.headChannels = headChannels ?? NetworkCatalogue.headChannels(of: name)
        self.keypointCount = keypointCount
        self.objectKind = objectKind
    }
}
