import Datasets
import Training

/// Everything that decides how a run turns out, with the value that each setting has when nobody says otherwise.
///
/// `Experiment.settings` maps the keys of experiment files onto these properties.
public struct Experiment: Sendable {
    /// Names the run folder.
    public var name = ""
    /// Which images are trained on, and which are kept for validation.
    public var dataset = Dataset()
    /// What the network sees of an image.
    public var input = Input()
    /// Which network learns.
    public var network = Network()
    /// How it is trained, and how it is evaluated.
    public var training = TrainingConfiguration()
    /// What computes.
    public var backend = BackendChoice()
    /// What a run leaves behind.
    public var outputs = Outputs()

    /// An experiment with every default; it still lacks a data set and a name.
    public init() {}
}

extension Experiment {
    /// Which images are trained on, and which are kept for validation.
    public struct Dataset: Hashable, Sendable {
        /// Its folder, or the one file with all annotations.
        public var root = ""
        /// How it is written.
        public var format = DatasetFormat.automatic
        /// The split that is learned from.
        public var trainSplit = "train"
        /// The validation split.
        public var validationSplit = "val"
        /// The classes in the network's order; empty to take those that the annotations name, sorted.
        public var classes: [String] = []
        /// What becomes of difficult objects in training: learned like any other, or left out of the loss.
        public var difficult = DifficultObjects.train
        /// Decides who goes where in a data set that says nothing of splits.
        public var splitSeed: UInt64 = 0
        /// The part of such a data set that is kept for validation; a fixed part of `train`, too, where no split is for validation.
        public var validationFraction = 0.2
    }

    /// What the network sees of an image.
    public struct Input: Hashable, Sendable {
        /// The side of its square, in pixels.
        public var size = 256
        /// Subtracted from red, green and blue in `0...1`: the means of ImageNet.
        public var mean = [0.485, 0.456, 0.406]
        /// What the difference is divided by: the standard deviations of ImageNet.
        public var standardDeviation = [0.229, 0.224, 0.225]
    }

    /// Which network learns.
    public struct Network: Hashable, Sendable {
        /// Its name in the catalogue.
        public var name = "compact"
        /// The width of the hidden layer of each head; nil for the one that the network is published with.
        public var headChannels: Int?
        /// The weights that it starts from: a file of any format that is read, or a run's folder; nil to start from random ones. Every
        /// parameter takes the tensor of its name and shape, where there is one: a classifier's file gives the trunk, a detector's for
        /// other classes all but the last layer. Files that fit less than half of what they could are refused.
        public var pretrained: String?
        /// Whether the data set's keypoints are learned, if it has any.
        public var keypoints = true
        /// The keypoints that change places in a mirrored image, two names each; nil takes them from the names.
        public var mirrorPairs: [[String]]?
    }

    /// What a run leaves behind.
    public struct Outputs: Hashable, Sendable {
        /// The folder that holds a folder for each run.
        public var folder = "Runs"
        /// How many images of the validation split are drawn with their boxes.
        public var demoCount = 8
        /// How many have their heatmaps drawn and dumped.
        public var heatmapCount = 4
        /// The lowest score that is drawn.
        public var threshold = 0.3
    }
}
