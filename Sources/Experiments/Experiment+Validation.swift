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
        let multiple = NetworkCatalogue.inputMultiple(of: network.name)
        if let problem = input.size.problem(multiple: multiple, limit: 4096) {
            problems.append("input.size \(problem)")
        }
        for scale in training.inputScales {
            let size = input.size.scaled(by: scale, multiple: multiple)
            if size.longerSide > 4096 && input.size.longerSide <= 4096 {
                problems.append(
                    "training.inputScales has \(scale), which makes inputs of \(size), but sides may be 4096 at most")
            }
        }
        if backend.name == .reference && backend.precision == .bfloat16 {
            problems.append("training.precision is \"bfloat16\", but the reference backend has float32 alone")
        }
        return problems
    }
}
