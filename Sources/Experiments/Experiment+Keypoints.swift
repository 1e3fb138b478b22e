import Boxes
import Datasets
import Evaluation
import Foundation
import Networks

/// The outputs of a network for a data set: the classes of its heatmap's channels, and its keypoints, if any.
public struct NetworkOutputs: Sendable {
    /// The classes in the network's order.
    public var classNames: [String]
    /// Whether objects are boxes or points.
    public var objectKind: ObjectKind
    /// The keypoints; nil for boxes only.
    public var skeleton: Skeleton?
    /// The data set's own category ids of the classes, if it has any.
    public var categoryIDs: [Int]?

    /// Outputs from their parts.
    package init(
        classNames: [String], objectKind: ObjectKind = .boxes, skeleton: Skeleton? = nil, categoryIDs: [Int]? = nil
    ) {
        self.classNames = classNames
        self.objectKind = objectKind
        self.skeleton = skeleton
        self.categoryIDs = categoryIDs
    }
}

extension Experiment {
    /// Returns the classes named in the experiment, or else all in the annotations, and the keypoints, if the data set has any and the
    /// experiment does not turn them off.
    ///
    /// - Throws: ``DatasetError`` if no annotation has a class named in the experiment, ``ExperimentError`` if the experiment has keypoint
    ///   settings that do not fit the data set.
    public func answers(on index: DatasetIndex) throws -> NetworkOutputs {
        if !dataset.classes.isEmpty { try index.require(classNames: dataset.classes) }
        let classNames = dataset.classes.isEmpty ? index.classNames : dataset.classes
        let numbers = index.categories.numbering(classNames, of: index.classNames)
        var answers = NetworkOutputs(
            classNames: classNames, objectKind: index.objectKind,
            categoryIDs: numbers.areDefinedByDataset ? numbers.ids : nil)
        answers.skeleton = try skeleton(of: index)
        return answers
    }

    /// Returns the keypoints to learn; nil for boxes only.
    private func skeleton(of index: DatasetIndex) throws -> Skeleton? {
        guard training.trainsKeypoints else { return nil }
        guard let skeleton = index.skeleton else {
            let settings = [
                ("evaluation.keypointSigmas", training.keypointSigmas != nil),
                ("network.mirrorPairs", network.mirrorPairs != nil),
            ]
            let problems = settings.filter(\.1).map { "\($0.0) applies to keypoints, but the data set has none" }
            if !problems.isEmpty { throw ExperimentError.invalid(file: "", problems: problems) }
            return nil
        }
        let count = skeleton.keypointCount
        if let sigmas = training.keypointSigmas, sigmas.count != count {
            throw ExperimentError.invalid(
                file: "",
                problems: [
                    "evaluation.keypointSigmas has \(sigmas.count) numbers, but the data set has \(count) keypoints"
                ])
        }
        guard let pairs = network.mirrorPairs else { return skeleton }
        return Skeleton(
            keypointNames: skeleton.keypointNames, limbs: skeleton.limbs,
            mirrorPairs: try Self.mirrorPairs(pairs, of: skeleton.keypointNames))
    }

    /// Returns the pairs named in the experiment as keypoint indices.
    private static func mirrorPairs(_ pairs: [[String]], of names: [String]) throws(ExperimentError) -> [Skeleton.Pair]
    {
        var found: [Skeleton.Pair] = []
        for pair in pairs {
            let places = pair.compactMap { names.firstIndex(of: $0) }
            guard pair.count == 2, places.count == 2, places[0] != places[1] else {
                throw .invalid(
                    file: "",
                    problems: [
                        "network.mirrorPairs has [\(pair.joined(separator: ", "))], but a pair must be two of the keypoints "
                            + names.joined(separator: ", ")
                    ])
            }
            found.append(Skeleton.Pair(places[0], places[1]))
        }
        guard Skeleton.areDisjoint(found) else {
            throw .invalid(file: "", problems: ["network.mirrorPairs has a keypoint in two pairs"])
        }
        return found
    }

    /// Returns the experiment with the classes and keypoints found in the data set filled in.
    package func completed(with answers: NetworkOutputs) -> Experiment {
        var complete = self
        complete.dataset.classes = answers.classNames
        // Wherever later commands are started, and if the project is moved, the run finds its data.
        complete.dataset.root = portable(dataset.root)
        complete.network.pretrained =
            switch startingPoint {
            case .random: StartingPoint.randomName
            case .included: StartingPoint.includedName
            case .weights: network.pretrained.map(portable)
            }
        complete.training.objects = answers.objectKind == .points ? .points : .boxes
        complete.training.prediction.maximumDetections = training.prediction.maximumDetections(of: answers.objectKind)
        complete.training.trainsKeypoints = answers.skeleton != nil
        if let skeleton = answers.skeleton {
            complete.network.mirrorPairs = skeleton.mirrorPairs.map {
                [skeleton.keypointNames[$0.first], skeleton.keypointNames[$0.second]]
            }
            complete.training.keypointSigmas = training.keypointSigmas ?? KeypointSimilarity(of: skeleton).sigmas
        }
        return complete
    }

    /// A path as a run's folder names it: from there, where both lie in one project, and in full otherwise.
    private func portable(_ path: String) -> String {
        let full = URL(fileURLWithPath: path).standardizedFileURL.path
        let project = folder.standardizedFileURL.deletingLastPathComponent().deletingLastPathComponent().path
        return full.hasPrefix(project + "/") ? "../../" + full.dropFirst(project.count + 1) : full
    }
}

extension DetectionDataset {
    /// Returns the data set for training and evaluating a network with these outputs: with its keypoints, or with none.
    ///
    /// - Throws: ``RunError/otherKeypoints(root:found:expected:)``, ``RunError/otherObjects(root:found:expected:)``.
    package func answering(_ outputs: NetworkOutputs, root: String) throws(RunError) -> DetectionDataset {
        guard objectKind == outputs.objectKind else {
            throw .otherObjects(root: root, found: objectKind, expected: outputs.objectKind)
        }
        return try answering(outputs.skeleton, root: root)
    }

    private func answering(_ skeleton: Skeleton?, root: String) throws(RunError) -> DetectionDataset {
        guard let skeleton, let own = self.skeleton else { return withoutKeypoints }
        guard own.keypointNames == skeleton.keypointNames else {
            throw .otherKeypoints(root: root, found: own.keypointNames, expected: skeleton.keypointNames)
        }
        var dataset = self
        dataset.skeleton = skeleton
        return dataset
    }
}
