import Boxes

/// A head of CenterNet: a map of a few channels that answers one question in every output cell ("Objects as Points", Zhou et al.,
/// arXiv:1904.07850, sections 3 and 5.2).
///
/// ``all`` is the only list of heads. Layers and their initial values, losses, settings, log lines, reports, exports and names in
/// published files are made from it.
///
///     for head in DetectionHead.all(keypointCount: 17) {
///         print(head.name, head.channelCount(classes: 80, keypoints: 17))
///     }
public struct DetectionHead: Hashable, Sendable {
    /// What a head answers about.
    public enum Subject: Sendable {
        /// Objects: every detector has these heads.
        case objects
        /// The extent of objects: only a detector of boxes has them.
        case extents
        /// Keypoints of objects: only a detector with keypoints has them.
        case keypoints
    }

    /// How many channels a head has.
    public enum Channels: Sendable {
        /// One per class.
        case perClass
        /// x and y, or width and height.
        case pair
        /// One per keypoint.
        case perKeypoint
        /// x and y per keypoint.
        case pairPerKeypoint
    }

    /// What turns a head's last layer into its answer.
    public enum Activation: Sendable {
        /// The values are logits of probabilities.
        case sigmoid
        /// The values are the answer.
        case identity
    }

    /// What a head is trained with.
    public enum Loss: String, Sendable {
        /// The focal loss of a heatmap, over all cells (equation 1).
        case focal
        /// The L1 distance, at the cells of objects or keypoints (equations 2 and 3).
        case l1 = "L1"
    }

    /// What test-time augmentation with the mirrored image does with a head.
    public enum Mirroring: Sendable {
        /// The map of the mirrored image is mirrored back, and both are averaged.
        case averaged
        /// The same for distances from a cell's corner, which change their sign.
        case averagedDisplacements
        /// The head of the unmirrored image counts alone.
        case ignored
    }

    /// The name of its output and of its layers (`heads.NAME.0`), and of its settings and log entries.
    public let name: String
    /// What CenterNet calls it.
    public let publishedName: String
    /// Its name in reports.
    public let label: String
    /// What it answers about.
    public let subject: Subject
    /// How many channels it has.
    public let channels: Channels
    /// What makes an answer of its values.
    public let activation: Activation
    /// What it is trained with.
    public let loss: Loss
    /// How much its loss counts in the total unless somebody asks for another weight; CenterNet's choices.
    public let lossWeight: Double
    /// What test-time augmentation does with it.
    public let mirroring: Mirroring

    /// Where an object's centre is: a heatmap per class. Its peaks are the detections.
    public static let heatmap = DetectionHead(
        name: "heatmap", publishedName: "hm", label: "heatmap", subject: .objects, channels: .perClass,
        activation: .sigmoid, loss: .focal, lossWeight: 1, mirroring: .averaged)
    /// Width and height of the object whose centre is in a cell, in output cells.
    public static let size = DetectionHead(
        name: "size", publishedName: "wh", label: "size", subject: .extents, channels: .pair, activation: .identity,
        loss: .l1, lossWeight: 0.1, mirroring: .averaged)
    /// From a cell's corner to the object's centre in it, x and y in output cells.
    public static let offset = DetectionHead(
        name: "offset", publishedName: "reg", label: "offset", subject: .objects, channels: .pair,
        activation: .identity, loss: .l1, lossWeight: 1, mirroring: .ignored)
    /// From the corner of an object's centre cell to each of its keypoints, x and y in output cells.
    public static let keypointDisplacement = DetectionHead(
        name: "keypointDisplacement", publishedName: "hps", label: "keypoint displacement", subject: .keypoints,
        channels: .pairPerKeypoint, activation: .identity, loss: .l1, lossWeight: 1,
        mirroring: .averagedDisplacements)
    /// Where keypoints are: a heatmap per keypoint, to whose peaks displaced keypoints move.
    public static let keypointHeatmap = DetectionHead(
        name: "keypointHeatmap", publishedName: "hm_hp", label: "keypoint heatmap", subject: .keypoints,
        channels: .perKeypoint, activation: .sigmoid, loss: .focal, lossWeight: 1, mirroring: .averaged)
    /// From a cell's corner to the keypoint in it, x and y in output cells.
    public static let keypointOffset = DetectionHead(
        name: "keypointOffset", publishedName: "hp_offset", label: "keypoint offset", subject: .keypoints,
        channels: .pair, activation: .identity, loss: .l1, lossWeight: 1, mirroring: .ignored)

    /// All heads, in the order in which networks have them and logs list them.
    public static let all: [DetectionHead] = [
        .heatmap, .size, .offset, .keypointDisplacement, .keypointHeatmap, .keypointOffset,
    ]

    /// The heads of a detector of boxes or points with so many keypoints, which only boxes have.
    public static func all(keypointCount: Int, objects: ObjectKind = .boxes) -> [DetectionHead] {
        all.filter { head in
            switch head.subject {
            case .objects: true
            case .extents: objects == .boxes
            case .keypoints: keypointCount > 0
            }
        }
    }

    /// How many channels it has in a detector of so many classes and keypoints.
    public func channelCount(classes: Int, keypoints: Int) -> Int {
        switch channels {
        case .perClass: classes
        case .pair: 2
        case .perKeypoint: keypoints
        case .pairPerKeypoint: 2 * keypoints
        }
    }
}

/// Input pixels per output cell, in each direction: every network of Pinpoint's answers at a quarter of its input's resolution.
public let outputStride = 4
