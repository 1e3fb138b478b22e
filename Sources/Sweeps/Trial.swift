import Experiments
import Foundation
import Tensors
import Training

/// One training of a sweep: a candidate with a seed, on a fold, for a share of its epochs.
public struct Trial: Sendable {
    /// The name of its run folder, made of its settings.
    public let name: String
    /// The place of its candidate in the grid.
    public let candidate: Int
    /// The random seed.
    public let seed: UInt64
    /// The fold that it is measured on, from 1; nil without cross-validation.
    public let fold: Int?
    /// The trial has one of so many parts of the experiment's epochs.
    public let share: Int
    /// The experiment, with the trial's name and folder.
    public let experiment: Experiment

    /// What names of trials say beside varied settings.
    package static let ownNames = ["seed", "fold", "share"]

    /// - Parameters:
    ///   - isSeeded: Whether there are other seeds, so that the name has to say which.
    ///   - folds: The number of folds; nil without cross-validation.
    ///   - folder: The folder of all trials.
    package init(
        of candidate: Candidate, seed: UInt64, isSeeded: Bool, fold: Int?, of folds: Int?, share: Int, in folder: URL
    ) {
        var words = candidate.words
        if isSeeded { words.append("seed=\(seed)") }
        if let fold { words.append("fold=\(fold)") }
        if share > 1 { words.append("share=\(share)") }
        name = Self.folderName(words.joined(separator: ","))
        self.candidate = candidate.index
        self.seed = seed
        self.fold = fold
        self.share = share
        var experiment = candidate.experiment
        experiment.name = name
        experiment.outputs.folder = folder.relativePath
        experiment.training.seed = seed
        if let fold, let folds { (experiment.dataset.folds, experiment.dataset.fold) = (folds, fold) }
        experiment.training.shorten(to: share)
        self.experiment = experiment
    }

    private static let longestName = 120

    /// Returns a name that every file system and shell accepts, and a different one for different texts.
    private static func folderName(_ text: String) -> String {
        let plain = String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "=.,-+_".contains($0)) ? $0 : "_" })
        let name = plain.hasPrefix(".") ? "_" + plain.dropFirst() : plain
        if name == text && name.count <= longestName { return name }
        return "\(name.prefix(longestName))-\(ContentHash(text).hexadecimal)"
    }
}

extension TrainingConfiguration {
    /// Takes one of several parts of the epochs and of a budget of time, with the same course of the learning rate in less time: a
    /// cosine ends with the epochs anyway, milestones and warm-up move forward.
    fileprivate mutating func shorten(to share: Int) {
        if share == 1 { return }
        func part(_ count: Int) -> Int { (count + share - 1) / share }
        epochs = part(epochs)
        minutes = minutes.map { $0 / Double(share) }
        warmUpSteps = part(warmUpSteps)
        if case .step(let milestones, let factor) = schedule {
            schedule = .step(milestones: milestones.map(part), factor: factor)
        }
    }
}
