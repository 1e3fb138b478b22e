import JSON

/// Settings proposed for a training on a data set, each with its reason.
package struct Advice: Sendable {
    /// A proposed setting.
    package struct Choice: Sendable {
        /// The setting's key: `input.size`.
        package let key: String
        /// The proposed value.
        package let value: JSONValue
        /// Why, in a sentence.
        package let reason: String
    }

    /// The proposed settings, those that differ from the defaults and those that confirm them.
    package private(set) var choices: [Choice]
    /// What no setting changes: classes to be merged, or that cannot be measured.
    package let remarks: [String]
    /// What the advice is derived from.
    package let facts: DatasetFacts
    /// How long the proposed training takes on this machine, in seconds; nil if nothing was timed.
    package private(set) var seconds: Double?

    /// The epochs that the data set alone suggests.
    private let usualEpochs: Int

    /// Derives advice from facts alone: the same for the same data set on every machine.
    ///
    /// - Parameters:
    ///   - multiple: What the input size must be a multiple of.
    ///   - ceiling: Returns the AP50 that is achievable at an input size, as `data check` measures it.
    package init(_ facts: DatasetFacts, multiple: Int, ceiling: (_ size: Int) -> Double) {
        self.facts = facts
        let size = InputSizeAdvice(facts, multiple: multiple, ceiling: ceiling)
        let batch = BatchAdvice(facts, inputSize: size.size)
        let epochs = EpochAdvice(facts, batchSize: batch.size)
        let augmentation = AugmentationAdvice(facts)
        let classes = ClassAdvice(facts.classes)
        choices = [
            Choice(key: "input.size", value: .integer(size.size), reason: size.reason),
            Choice(key: "training.epochs", value: .integer(epochs.epochs), reason: epochs.reason),
            Choice(key: "training.batchSize", value: .integer(batch.size), reason: batch.reason),
            SizeLossAdvice.size, SizeLossAdvice.region, SizeLossAdvice.weights,
            Choice(
                key: "augmentation.preset", value: .string(augmentation.preset.rawValue), reason: augmentation.reason),
        ]
        if let kept = classes.kept {
            choices.insert(
                Choice(
                    key: "dataset.classes", value: .array(kept.map { .string($0) }), reason: classes.reason), at: 0)
        }
        remarks = classes.remarks
        usualEpochs = epochs.epochs
    }

    /// The proposed input size.
    package var inputSize: Int { number("input.size") }
    /// The input size for a training that nobody planned: the proposed one, but not below the usual one, unless the images themselves are
    /// smaller. What a network sees of large objects in a small input has not been measured, as the usual size has.
    ///
    /// - Parameters:
    ///   - usual: The usual size.
    ///   - multiple: What the input size must be a multiple of.
    package func inputSize(usual: Int, multiple: Int) -> Int {
        let image = (min(usual, facts.imageSide ?? usual) + multiple - 1) / multiple * multiple
        return max(inputSize, image)
    }

    /// The proposed batch size.
    package var batchSize: Int { number("training.batchSize") }
    /// The proposed number of epochs.
    package var epochs: Int { number("training.epochs") }
    /// The steps of an epoch.
    package var stepsPerEpoch: Int { EpochAdvice.steps(images: facts.trainingImages, batchSize: batchSize) }

    private func number(_ key: String) -> Int {
        choices.lazy.compactMap { choice in
            if choice.key == key, case .integer(let value) = choice.value { value } else { nil }
        }.first ?? 0
    }

    /// Takes into account how fast this machine trains.
    ///
    /// - Parameters:
    ///   - secondsPerStep: The measured time of a training step at the proposed size and batch.
    ///   - minutes: The time that training may take; nil leaves the epochs as they are.
    package mutating func fit(secondsPerStep: Double, minutes: Double?) {
        let epoch = Double(stepsPerEpoch) * secondsPerStep * EpochAdvice.overhead
        if let minutes, let place = choices.firstIndex(where: { $0.key == "training.epochs" }) {
            let fitting = EpochAdvice(fitting: minutes, secondsPerEpoch: epoch, usual: usualEpochs)
            choices[place] = Choice(
                key: "training.epochs", value: .integer(fitting.epochs), reason: fitting.reason)
        }
        seconds = epoch * Double(epochs)
    }
}
