import DetectionHeads

/// What the parameters of our networks are called in files of other programs, network family by network family.
///
/// A new network only needs to be added to this table.
public enum PublishedNames {
    /// CenterNet's heads.
    private static let centerNetHeads = DetectionHead.all.map { ("heads.\($0.name).", "\($0.publishedName).") }

    /// Families of networks, each with the naming schemes of its files.
    private static let families: [(belongs: @Sendable (String) -> Bool, schemes: [NameScheme])] = [
        (
            { $0.hasPrefix("resnet") || $0.hasPrefix("resdcn") },
            [
                NameScheme("torchvision", [("backbone.", "")], ignoring: ["fc."]),
                NameScheme(
                    "CenterNet", [("backbone.", ""), ("upsampler.", "deconv_layers.")] + centerNetHeads,
                    imagesAreBGR: true),
            ]
        ),
        (
            { $0.hasPrefix("dla34") },
            [
                NameScheme("ImageNet's DLA", [("backbone.", "")], ignoring: ["fc."]),
                NameScheme(
                    "CenterNet",
                    [
                        ("backbone.", "base."), ("upsampler.dla_up.", "dla_up."), ("upsampler.ida_up.", "ida_up."),
                    ] + centerNetHeads, ignoring: ["base.fc."], imagesAreBGR: true),
            ]
        ),
        (
            { $0.hasPrefix("hourglass") },
            [NameScheme("CenterNet", [("backbone.", "")] + centerNetHeads, imagesAreBGR: true)]
        ),
    ]

    /// Returns all naming schemes for a network's parameters, pinpoint's own first.
    public static func schemes(for network: String) -> [NameScheme] {
        [.own] + (families.first { $0.belongs(network) }?.schemes ?? [])
    }
}

/// A naming scheme of a network's parameters, as a table of prefixes.
public struct NameScheme: Sendable {
    /// The name of the scheme's origin, such as `CenterNet`.
    public let name: String
    /// The prefixes in pinpoint's and in the scheme's names; the longest matching one applies.
    public let prefixes: [(ours: String, theirs: String)]
    /// The prefixes of tensors in such files that no detector uses and that are not reported: a classifier's last layer.
    public let ignored: [String]
    /// Whether the network takes BGR images, as OpenCV reads them; pinpoint's take RGB.
    public let imagesAreBGR: Bool

    /// Creates a naming scheme.
    public init(
        _ name: String, _ prefixes: [(ours: String, theirs: String)], ignoring ignored: [String] = [],
        imagesAreBGR: Bool = false
    ) {
        self.name = name
        self.prefixes = prefixes
        self.ignored = ignored
        self.imagesAreBGR = imagesAreBGR
    }

    /// Pinpoint's own names.
    public static let own = NameScheme("Pinpoint", [("", "")])

    /// Returns the scheme's name of a parameter; nil if there is none.
    public func published(_ name: String) -> String? {
        guard let best = prefixes.filter({ name.hasPrefix($0.ours) }).max(by: { $0.ours.count < $1.ours.count }) else {
            return nil
        }
        return best.theirs + name.dropFirst(best.ours.count)
    }
}
