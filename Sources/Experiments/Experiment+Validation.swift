import Networks
import Settings
import Training

extension Experiment {
    /// Checks what can be checked before anything is loaded.
    ///
    /// - Throws: ``ExperimentError/invalid(file:problems:)`` with all problems at once.
    public func validate(file: String = "") throws(ExperimentError) {
        let ownSettings = Self.settings.filter { !TrainingConfiguration.keys.contains($0.key) }
        let problems =
            nameProblems + ownSettings.filter { $0.applies(self) }.compactMap { $0.problem(self) } + inputProblems
            + training.problems
        if !problems.isEmpty { throw .invalid(file: file, problems: problems) }
    }

    private var nameProblems: [String] {
        let missing = dataset.root.isEmpty ? ["dataset.root is missing: the folder of the data set"] : []
        return missing + runNameProblems
    }

    private var runNameProblems: [String] {
        if name.isEmpty { return ["name is missing: it names the run's folder"] }
        if name.contains("/") || name.hasPrefix(".") {
            return ["name is \"\(name)\", but it names a folder, so it may neither contain / nor begin with a dot"]
        }
        return []
    }

    /// What settings do not do together.
    private var inputProblems: [String] {
        var problems: [String] = []
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

extension TrainingConfiguration {
    fileprivate static let keys = Set(settings.map(\.key))
}
