import Foundation
import Training

/// How many images a step takes.
struct BatchAdvice {
    let size: Int
    let reason: String

    /// Below this many images, smaller batches give more steps.
    private static let fewImages = 100
    /// Above this input size, the maps of eight images take gigabytes.
    private static let largeInput = 512

    init(_ facts: DatasetFacts, inputSize: Int) {
        let images = facts.trainingImages
        if images < Self.fewImages {
            size = max(1, min(4, images))
            reason = "\(images) training images: small batches give more steps per epoch."
        } else if inputSize > Self.largeInput {
            size = 4
            reason = "The maps of more than four images of \(inputSize) pixels take gigabytes of memory."
        } else {
            size = 8
            reason = "The usual batch: enough for batch normalization, and little memory."
        }
    }
}

/// How long the training is.
struct EpochAdvice {
    let epochs: Int
    let reason: String

    /// The steps that a training from random weights takes at least, and the range of epochs.
    private static let (steps, range) = (2000, 20...150)
    /// The time of a training compared with that of its steps: validation, checkpoints, waiting for images.
    static let overhead = 1.15

    /// The steps of an epoch: batches are full, so that some images wait for the next epoch.
    static func steps(images: Int, batchSize: Int) -> Int { max(1, images / max(1, batchSize)) }

    init(_ facts: DatasetFacts, batchSize: Int) {
        let perEpoch = Self.steps(images: facts.trainingImages, batchSize: batchSize)
        let wanted = (Self.steps + perEpoch - 1) / perEpoch
        // Round numbers are remembered.
        let rounded = (wanted + 4) / 5 * 5
        epochs = min(max(rounded, Self.range.lowerBound), Self.range.upperBound)
        let limit =
            epochs < rounded
            ? "; more epochs would only repeat the same few images"
            : epochs > rounded ? "; fewer epochs would end before the learning rate has fallen slowly" : ""
        reason =
            "\(epochs) epochs of \(perEpoch) steps are \(epochs * perEpoch) steps; about \(Self.steps) suffice\(limit)."
    }

    /// The epochs that fit in a time: at most twice as many as usual, since more hardly help.
    init(fitting minutes: Double, secondsPerEpoch: Double, usual: Int) {
        let fitting = Int(min(minutes * 60 / max(secondsPerEpoch, 1e-6), 1e6))
        epochs = min(max(1, fitting), 2 * usual)
        let pace = String(format: "an epoch takes %.1f seconds on this machine", secondsPerEpoch)
        let time = String(format: "%g minutes", minutes)
        if epochs == 2 * usual {
            reason = "Twice the usual \(usual): \(pace), and more would hardly help in \(time)."
        } else if fitting < 1 {
            reason = "Not even one epoch fits in \(time): \(pace)."
        } else {
            let short = epochs < usual / 2 ? "; \(usual) would be better" : ""
            reason = "As many as fit in \(time): \(pace)\(short)."
        }
    }
}

/// How training images are changed.
struct AugmentationAdvice {
    let preset: AugmentationConfiguration.Preset
    let reason: String

    private static let fewImages = 500

    init(_ facts: DatasetFacts) {
        let wide = facts.wideShare ?? 0
        // Nothing has a direction where objects point up as often as sideways; in photographs of streets or rooms, it is gravity's.
        if facts.objectsPerImage >= 10, facts.typicalSide < 0.06, (0.35...0.65).contains(wide) {
            preset = .aerial
            reason =
                "Many small objects (\(facts.objectsPerImage) in an image), as often wide as high: images seem to have no upright."
        } else if facts.trainingImages < Self.fewImages {
            preset = .smallData
            reason =
                "\(facts.trainingImages) training images: more variety than CenterNet's augmentation keeps them from being learned by "
                + "heart. If images have no upright, take aerial."
        } else {
            preset = .published
            reason = "\(facts.trainingImages) training images suffice for CenterNet's own augmentation."
        }
    }
}
