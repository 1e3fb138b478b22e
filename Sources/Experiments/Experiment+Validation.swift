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
        if input.size % multiple != 0 || !(multiple...4096).contains(input.size) {
            problems.append(
                "input.size is \(input.size), but must be a multiple of \(multiple) from \(multiple) to 4096")
        }
        if backend.name == .reference && backend.precision == .bfloat16 {
            problems.append("training.precision is \"bfloat16\", but the reference backend has float32 alone")
        }
        return problems
    }
}
