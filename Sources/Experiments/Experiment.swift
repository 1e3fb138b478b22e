import Boxes
import Datasets
import OneDNNBackend
import Training

/// All settings of a run, with their default values.
///
/// `Experiment.settings` maps the keys of experiment files onto these properties.
public struct Experiment: Sendable {
    /// The name of the run and its folder.
    public var name = ""
    /// The data set and its splits for training and validation.
    public var dataset = Dataset()
    /// The input size and normalization of the network.
    public var input = Input()
    /// The network to train.
    public var network = Network()
    /// How the network is trained and evaluated.
    public var training = TrainingConfiguration()
    /// The compute backend.
    public var backend = BackendChoice()
    /// What a run writes.
    public var outputs = Outputs()

    /// Creates an experiment with default settings; the data set and the name are still missing.
    public init() {}
}

extension Experiment {
    /// The data set and its splits for training and validation.
    public struct Dataset: Hashable, Sendable {
        /// The data set's folder, or the single file with all annotations.
        public var root = ""
        /// The annotation format.
        public var format = DatasetFormat.automatic
        /// The training split.
        public var trainSplit = "train"
        /// The validation split.
        public var validationSplit = "val"
        /// The classes in the network's order; empty to use all classes in the annotations, sorted.
        public var classes: [String] = []
        /// How training treats difficult objects: like any other object, or left out of the loss.
        public var difficult = DifficultObjects.train
        /// The random seed for splitting a data set that defines no splits.
        public var splitSeed: UInt64 = 0
        /// The fraction of such a data set that is kept for validation; also the fraction of `train` if there is no validation split.
        public var validationFraction = 0.2
        /// The number of folds that the images of both splits are divided into; nil to train and validate on the splits themselves.
        public var folds: Int?
        /// The fold that validates, from 1; the others are trained on.
        public var fold = 1
    }

    /// The input size and normalization of the network.
    public struct Input: Hashable, Sendable {
        /// The size of the input.
        public var size: InputExtent = 256
        /// The mean subtracted from red, green and blue in `0...1`; by default ImageNet's.
        public var mean = [0.485, 0.456, 0.406]
        /// The standard deviation that red, green and blue are divided by; by default ImageNet's.
        public var standardDeviation = [0.229, 0.224, 0.225]
    }

    /// The network to train.
    public struct Network: Hashable, Sendable {
        /// The architecture's name in the catalogue.
        public var name = "compact"
        /// The number of channels of each head's hidden layer; nil for the published number.
        public var headChannels: Int?
        /// The initial weights (``StartingPoint``): a file of any supported format, a run folder, `included` or `none`; nil for the included
        /// weights of networks that have any. Each parameter is loaded from the
        /// tensor with its name and shape, if there is one: a classifier's file provides the backbone, a detector for other classes all but
        /// the last layer. Files that match less than half of the parameters that they could match are refused.
        public var pretrained: String?
        /// The keypoints that change places in a mirrored image, two names each; nil takes them from the names.
        public var mirrorPairs: [[String]]?
    }

    /// What a run writes.
    public struct Outputs: Hashable, Sendable {
        /// The folder in which each run has its own folder.
        public var folder = "Runs"
        /// The number of validation images drawn with their boxes.
        public var demoCount = 8
        /// The number of validation images whose heatmaps are drawn and saved.
        public var heatmapCount = 4
        /// The minimum score of the detections drawn.
        public var threshold = 0.3
    }
}
