/// What the parameters of our networks are called in files of other programs, network family by network family.
///
/// A new network adds its lines here; nothing else needs to know of them.
public enum PublishedNames {
    /// The heads of CenterNet's networks for boxes and for keypoints.
    private static let centerNetHeads = [
        ("heads.heatmap.", "hm."), ("heads.size.", "wh."), ("heads.offset.", "reg."),
        ("heads.keypointDisplacement.", "hps."), ("heads.keypointHeatmap.", "hm_hp."),
        ("heads.keypointOffset.", "hp_offset."),
    ]

    /// Families of networks: which networks belong to them, and every way in which files name their parameters.
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

    /// Every way in which files may name a network's parameters, our own first.
    public static func schemes(for network: String) -> [NameScheme] {
        [.own] + (families.first { $0.belongs(network) }?.schemes ?? [])
    }
}

/// One way to name a network's parameters, as a table of prefixes.
public struct NameScheme: Sendable {
    /// Who names them so: `CenterNet`.
    public let name: String
    /// Our prefix and theirs; of several that fit a name the longest counts.
    public let prefixes: [(ours: String, theirs: String)]
    /// Prefixes of names in such files that no detector has a place for, which is nobody's fault: a classifier's last layer.
    public let ignored: [String]
    /// Whether the network is fed images with blue as their first channel, as OpenCV reads them; ours are fed red first.
    public let imagesAreBGR: Bool

    /// A way to name parameters.
    public init(
        _ name: String, _ prefixes: [(ours: String, theirs: String)], ignoring ignored: [String] = [],
        imagesAreBGR: Bool = false
    ) {
        self.name = name
        self.prefixes = prefixes
        self.ignored = ignored
        self.imagesAreBGR = imagesAreBGR
    }

    /// The names as they are.
    public static let own = NameScheme("Pinpoint", [("", "")])

    /// What such files call one of our parameters; nil when they have no name for it.
    public func published(_ name: String) -> String? {
        guard let best = prefixes.filter({ name.hasPrefix($0.ours) }).max(by: { $0.ours.count < $1.ours.count }) else {
            return nil
        }
        return best.theirs + name.dropFirst(best.ours.count)
    }
}
