import Boxes
import Datasets
import Evaluation
import Networks

/// What a data set's network answers with: what its heatmap's channels stand for, and its keypoints, if it learns any.
public struct NetworkAnswers: Sendable {
    /// The classes in the network's order.
    public var classNames: [String]
    /// The keypoints; nil for boxes alone.
    public var skeleton: Skeleton?
    /// The data set's own numbers of the classes, where it has any.
    public var categoryIDs: [Int]?
}

extension Experiment {
    /// The classes that the experiment names, or all that the annotations name; and the keypoints, where the data set has any and the
    /// experiment does not forbid it.
    ///
    /// - Throws: ``DatasetError`` when no annotation is of a class that the experiment names, ``ExperimentError`` when it speaks of
    ///   keypoints that there are not.
    public func answers(on index: DatasetIndex) throws -> NetworkAnswers {
        if !dataset.classes.isEmpty { try index.require(classNames: dataset.classes) }
        let classNames = dataset.classes.isEmpty ? index.classNames : dataset.classes
        let numbers = index.categories.numbering(classNames, of: index.classNames)
        var answers = NetworkAnswers(classNames: classNames, categoryIDs: numbers.areOwn ? numbers.ids : nil)
        answers.skeleton = try skeleton(of: index)
        return answers
    }

    /// The keypoints that are learned; nil for boxes alone.
    private func skeleton(of index: DatasetIndex) throws -> Skeleton? {
        guard network.keypoints else { return nil }
        guard let skeleton = index.skeleton else {
            let settings = [
                ("evaluation.keypointSigmas", training.keypointSigmas != nil),
                ("network.mirrorPairs", network.mirrorPairs != nil),
            ]
            let problems = settings.filter(\.1).map { "\($0.0) is about keypoints, and the data set has none" }
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

    /// The pairs that the experiment names, by the keypoints' positions.
    private static func mirrorPairs(_ pairs: [[String]], of names: [String]) throws(ExperimentError) -> [Skeleton.Pair]
    {
        var found: [Skeleton.Pair] = []
        for pair in pairs {
            let places = pair.compactMap { names.firstIndex(of: $0) }
            guard pair.count == 2, places.count == 2, places[0] != places[1] else {
                throw .invalid(
                    file: "",
                    problems: [
                        "network.mirrorPairs has [\(pair.joined(separator: ", "))], but a pair is two of the keypoints "
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

    /// The experiment with what was discovered written out.
    func completed(with answers: NetworkAnswers) -> Experiment {
        var complete = self
        complete.dataset.classes = answers.classNames
        complete.network.keypoints = answers.skeleton != nil
        if let skeleton = answers.skeleton {
            complete.network.mirrorPairs = skeleton.mirrorPairs.map {
                [skeleton.keypointNames[$0.first], skeleton.keypointNames[$0.second]]
            }
            complete.training.keypointSigmas = training.keypointSigmas ?? KeypointSimilarity(of: skeleton).sigmas
        }
        return complete
    }
}

extension DetectionDataset {
    /// The data set as a network with these keypoints, or with none, is trained and evaluated on it.
    ///
    /// - Throws: ``RunError/otherKeypoints(root:found:expected:)``.
    func answering(_ skeleton: Skeleton?, root: String) throws(RunError) -> DetectionDataset {
        guard let skeleton, let own = self.skeleton else { return withoutKeypoints }
        guard own.keypointNames == skeleton.keypointNames else {
            throw .otherKeypoints(root: root, found: own.keypointNames, expected: skeleton.keypointNames)
        }
        var dataset = self
        dataset.skeleton = skeleton
        return dataset
    }
}
