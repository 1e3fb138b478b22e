import Boxes
import Networks
import Settings
import Training

extension Experiment {
    /// Checks what can be checked before anything is loaded.
    ///
    /// - Throws: ``ExperimentError/invalid(file:problems:)`` with all problems at once.
    public func validate(file: String = "") throws(ExperimentError) {
        let problems =
            nameProblems + Self.settings.filter { $0.applies(self) }.compactMap { $0.problem(self) }
            + combinationProblems + training.combinationProblems
        if !problems.isEmpty { throw .invalid(file: file, problems: problems) }
    }

    private var nameProblems: [String] {
        if name.isEmpty { return ["name is missing: it names the run's folder"] }
        if name.contains("/") || name.hasPrefix(".") {
            return ["name is \"\(name)\", but it names a folder, so it may neither contain / nor begin with a dot"]
        }
        return []
    }

    /// What is missing, and what two values do not do together.
    private var combinationProblems: [String] {
        var problems: [String] = []
        if dataset.root.isEmpty { problems.append("dataset.root is missing: the folder of the data set") }
        if let folds = dataset.folds, dataset.fold > folds {
            problems.append("dataset.fold is \(dataset.fold), but there are \(folds) folds (dataset.folds)")
        }
        let multiple = NetworkCatalogue.inputMultiple(of: network.name)
        if let problem = input.size.problem(multiple: multiple, limit: Self.longestSide) {
            problems.append("input.size \(problem)")
        }
        problems += inputScaleProblems(multiple: multiple)
        if backend.name == .reference && backend.precision == .bfloat16 {
            problems.append("training.precision is \"bfloat16\", but the reference backend has float32 alone")
        }
        return problems
    }

    /// Factors of the input size that make inputs too large, or two that make the same.
    private func inputScaleProblems(multiple: Int) -> [String] {
        if input.size.problem(multiple: multiple, limit: Self.longestSide) != nil { return [] }
        var made: [InputExtent: Double] = [:]
        return training.inputScales.compactMap { scale in
            // Factors out of range are the setting's own problem.
            guard (0.25...4).contains(scale) else { return nil }
            let size = input.size.scaled(by: scale, multiple: multiple)
            if size.longerSide > Self.longestSide {
                return "training.inputScales has \(scale), which makes inputs of \(size), but sides may be "
                    + "\(Self.longestSide) at most"
            }
            guard let other = made.updateValue(scale, forKey: size) else { return nil }
            return "training.inputScales has \(other) and \(scale), which both make inputs of \(size), since sides are "
                + "multiples of \(multiple)"
        }
    }

    /// The longest side of an input.
    private static let longestSide = 4096
}
