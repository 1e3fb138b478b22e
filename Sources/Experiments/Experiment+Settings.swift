import Datasets
import Graphs
import Networks
import OneDNNBackend
import Settings
import Training

extension DatasetFormat: WordSetting {}
extension DifficultObjects: WordSetting {}
extension ObjectChoice: WordSetting {}
extension BackendChoice.Name: WordSetting {}
extension ConvolutionAlgorithm: WordSetting {}
extension PrecisionChoice: WordSetting {}

extension Experiment {
    /// Every key of experiment files, in the order in which a complete file lists them.
    ///
    /// A setting that decides whether others apply (`schedule.kind`) stands before them.
    public static let settings: [Setting<Experiment>] =
        [
            Setting("name", \.name, "Names the run and its folder.", changes: .outputs)
        ] + datasetSettings + networkSettings
        + TrainingConfiguration.settings.map { $0.of(\Experiment.training) }
        + backendSettings + outputSettings

    private static let datasetSettings: [Setting<Experiment>] = [
        Setting(
            "dataset.root", \.dataset.root, "The folder of the data set, or the one file with all annotations.",
            changes: .content),
        Setting("dataset.format", \.dataset.format, "How the annotations are written.", changes: .content),
        Setting(
            "dataset.trainSplit", \.dataset.trainSplit, "The split that is trained on.", .notEmpty,
            changes: .content),
        Setting(
            "dataset.validationSplit", \.dataset.validationSplit, "The validation split.", .notEmpty,
            changes: .content),
        Setting(
            "dataset.classes", \.dataset.classes,
            "The classes in the network's order; an empty list takes those that the annotations name, sorted.",
            SettingLimit("a list of different names") { Set($0).count == $0.count }, changes: .content),
        Setting(
            "dataset.difficult", \.dataset.difficult,
            "What happens to difficult objects in training: trained like any other, or masked in the loss.",
            changes: .content),
        Setting(
            "dataset.objects", \.training.objects,
            "Whether objects are boxes, points, or what the data set has; the points of boxes are their centres.",
            changes: .content),
        Setting(
            "dataset.splitSeed", \.dataset.splitSeed, "The random seed that divides a data set without splits.",
            changes: .content),
        Setting(
            "dataset.validationFraction", \.dataset.validationFraction,
            "The fraction of the images that validates where the data set has no validation split.",
            .from(0.01, to: 0.99), changes: .content),
        Setting(
            "dataset.folds", \.dataset.folds,
            "Cross-validation: how many folds the images of both splits are divided into, by dataset.splitSeed; null takes the splits.",
            .from(2, to: 1000), otherwise: { _ in nil }, changes: .content),
        Setting(
            "dataset.fold", \.dataset.fold, "The fold that validates; all others are trained on.", .from(1, to: 1000),
            changes: .content, when: { $0.dataset.folds != nil }),
    ]

    private static let networkSettings: [Setting<Experiment>] = [
        Setting(
            "input.size", \.input.size,
            "Height and width of the network's input in pixels, as in \"480x640\", or one number for a square: multiples of the network's deepest stride, up to 4096."
        ),
        Setting(
            "input.mean", \.input.mean, "Subtracted from red, green and blue in 0...1.",
            SettingLimit("three numbers: red, green, blue") { $0.count == 3 && $0.allSatisfy(\.isFinite) }),
        Setting(
            "input.standardDeviation", \.input.standardDeviation, "The standard deviations by which they are divided.",
            SettingLimit("three numbers above 0: red, green, blue") { values in
                values.count == 3 && values.allSatisfy { $0 > 0 && $0.isFinite }
            }),
        Setting(
            "network.name", \.network.name, "The network.",
            SettingLimit("one of \(NetworkCatalogue.names.joined(separator: ", "))") {
                NetworkCatalogue.names.contains($0)
            }),
        Setting(
            "network.headChannels", \.network.headChannels,
            "Channels of each head's hidden layer; null takes those that the network is published with.",
            .from(1, to: 1024), otherwise: { NetworkCatalogue.headChannels(of: $0.network.name) }),
        Setting(
            "network.keypoints", \.training.trainsKeypoints,
            "Whether the keypoints of a data set that has any are trained.", formerly: "network.joints"),
        Setting(
            "network.mirrorPairs", \.network.mirrorPairs,
            "Pairs of keypoints that change places in a mirrored image; null finds them by name.",
            otherwise: { _ in nil }, when: { $0.training.trainsKeypoints }),
        Setting(
            "network.pretrained", \.network.pretrained,
            "The weights that training starts from, as far as they fit: safetensors, a PyTorch file, a run's folder, included (with the program) or none; null takes included ones where there are any.",
            SettingLimit("a path, included, none, or null") { !$0.isEmpty }, otherwise: { _ in nil }, changes: .content),
    ]

    private static let backendSettings: [Setting<Experiment>] = [
        Setting(
            "training.backend", \.backend.name, "What computes: the fast backend, or the reference.", changes: .content),
        Setting(
            "training.algorithm", \.backend.algorithm, "How convolutions are computed; automatic chooses by shape.",
            changes: .content),
        Setting(
            "training.precision", \.backend.precision,
            "The numbers that training computes with; automatic is the fastest that the processor has.",
            SettingLimit("float32, bfloat16 or automatic: for int8, quantize what was trained") { $0 != .int8 },
            changes: .content),
    ]

    private static let outputSettings: [Setting<Experiment>] = [
        Setting(
            "outputs.folder", \.outputs.folder, "The folder that holds a folder for each run.", .notEmpty,
            changes: .outputs),
        Setting(
            "outputs.demoCount", \.outputs.demoCount, "Images of the validation split that are drawn with their boxes.",
            .zeroOrMore, changes: .outputs),
        Setting(
            "outputs.heatmapCount", \.outputs.heatmapCount, "Images whose heatmaps are drawn and dumped.", .zeroOrMore,
            changes: .outputs),
        Setting(
            "outputs.threshold", \.outputs.threshold, "The lowest score that is drawn.", .from(0, to: 1),
            changes: .outputs),
    ]
}
