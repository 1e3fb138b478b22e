import Foundation
import Networks
import Training

extension Experiment {
    /// Checks everything that can be checked before loading any data.
    ///
    /// - Throws: ``ExperimentError/invalid(file:problems:)`` with all problems.
    public func validate(file: String = "") throws(ExperimentError) {
        let problems = nameProblems + datasetProblems + networkProblems + trainingProblems + outputProblems
        if !problems.isEmpty { throw .invalid(file: file, problems: problems) }
    }

    private var nameProblems: [String] {
        if name.isEmpty { return ["name is missing: it names the run's folder"] }
        if name.contains("/") || name.hasPrefix(".") {
            return ["name is \"\(name)\", but it names a folder, so it may neither contain / nor begin with a dot"]
        }
        return []
    }

    private var datasetProblems: [String] {
        var problems: [String] = []
        if dataset.root.isEmpty { problems.append("dataset.root is missing: the folder of the data set") }
        if dataset.trainSplit.isEmpty { problems.append("dataset.trainSplit is empty") }
        if dataset.validationSplit.isEmpty { problems.append("dataset.validationSplit is empty") }
        if Set(dataset.classes).count != dataset.classes.count {
            problems.append("dataset.classes names a class twice")
        }
        if !(0.01...0.99).contains(dataset.validationFraction) {
            problems.append(
                "dataset.validationFraction is \(dataset.validationFraction), but must be from 0.01 to 0.99")
        }
        return problems
    }

    private var networkProblems: [String] {
        var problems: [String] = []
        let multiple = NetworkCatalogue.inputMultiple(of: network.name)
        if input.size % multiple != 0 || !(multiple...4096).contains(input.size) {
            problems.append(
                "input.size is \(input.size), but must be a multiple of \(multiple) from \(multiple) to 4096")
        }
        if input.mean.count != 3 || !input.mean.allSatisfy(\.isFinite) {
            problems.append("input.mean must have three numbers: red, green, blue")
        }
        if input.standardDeviation.count != 3 || !input.standardDeviation.allSatisfy({ $0 > 0 && $0.isFinite }) {
            problems.append("input.standardDeviation must have three numbers above 0: red, green, blue")
        }
        if !NetworkCatalogue.names.contains(network.name) {
            let names = NetworkCatalogue.names.joined(separator: ", ")
            problems.append("network.name is \"\(network.name)\", but must be one of \(names)")
        }
        if let headChannels = network.headChannels, !(1...1024).contains(headChannels) {
            problems.append("network.headChannels is \(headChannels), but must be from 1 to 1024")
        }
        if network.pretrained?.isEmpty == true { problems.append("network.pretrained is empty; null means none") }
        return problems
    }

    private var trainingProblems: [String] {
        var problems: [String] = []
        if backend.precision == .int8 {
            problems.append("training.precision is \"int8\", but training needs floats: quantize the trained model")
        }
        if backend.name == .reference && backend.precision == .bfloat16 {
            problems.append("training.precision is \"bfloat16\", but the reference backend supports only float32")
        }
        do {
            try training.validate()
        } catch {
            if case .configuration(let sentences) = error { problems += sentences }
        }
        do {
            try training.prediction.validate()
        } catch {
            problems.append("evaluation: \(error)")
        }
        let weights = training.loss.weights
        for (key, weight) in [
            ("heatmap", weights.heatmap), ("offset", weights.offset), ("size", weights.size),
            ("keypointDisplacement", weights.keypointDisplacement), ("keypointHeatmap", weights.keypointHeatmap),
            ("keypointOffset", weights.keypointOffset),
        ] where !(weight >= 0 && weight.isFinite) {
            problems.append("loss.weights.\(key) is \(weight), but must be 0 or more")
        }
        for sigma in training.keypointSigmas ?? [] where !(sigma > 0 && sigma.isFinite) {
            problems.append("evaluation.keypointSigmas has \(sigma), but each must be above 0")
        }
        let overlap = training.targets.minimumOverlap
        if !(0.01...0.99).contains(overlap) {
            problems.append("loss.minimumOverlap is \(overlap), but must be from 0.01 to 0.99")
        }
        return problems
    }

    private var outputProblems: [String] {
        var problems: [String] = []
        if outputs.folder.isEmpty { problems.append("outputs.folder is empty") }
        if outputs.demoCount < 0 { problems.append("outputs.demoCount is below 0") }
        if outputs.heatmapCount < 0 { problems.append("outputs.heatmapCount is below 0") }
        if !(0...1).contains(outputs.threshold) {
            problems.append("outputs.threshold is \(outputs.threshold), but must be from 0 to 1")
        }
        return problems
    }
}
