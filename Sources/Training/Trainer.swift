import Datasets
import DetectionLosses
import Evaluation
import Foundation
import Graphs
import Inference
import Interruption
import Networks
import Tensors

/// Trains a detector ("Objects as Points", section 5) and keeps its run's folder.
///
/// A run depends on its configuration, its data, its seed, the backend's kernels and the number of threads alone: stopped
/// anywhere, by a signal or by the loss of the machine, and resumed, it ends with the bits that it would have ended with.
/// One trainer at a time may use a folder; whoever starts it holds the folder's lock (``FolderLock``).
public final class Trainer {
    /// The network; its parameters are trained in place.
    public let model: Model
    /// The training split.
    public let training: DetectionDataset
    /// The validation split, by which `best` is chosen; nil without one.
    public let validation: DetectionDataset?
    /// How the network is trained.
    public let configuration: TrainingConfiguration
    /// Where weights, checkpoint and log are written.
    public let folder: RunFolder

    private let step: TrainingStep
    private let plan: BatchPlan
    private var samples: SampleLoader
    private let predictor: Predictor
    private let learningRate: Double
    private var identity: RunIdentity
    private let report: (TrainingEvent) -> Void
    private let interrupt: InterruptFlag
    private var state = TrainingState()
    private var warnings = TrainingWarnings()
    private var lastCheckpoint = ContinuousClock.now
    private var pace = Pace()
    private var events: EventFile?
    private var hasNothingToScore = false
    private var length: TrainingLength
    private let clock: TrainingClock
    /// When this session's time began, or was last added to the state's.
    private var countedUntil: Double
    /// Measures the first steps of a run with a budget of time, until its length is decided.
    private var budget: TimeBudget?
    /// The seconds of the last validation, and of what else ends an epoch.
    private var epochCosts: (validation: Double?, end: Double) = (nil, 0)

    /// Gets a run ready: compiles the network, and reads or writes nothing yet.
    ///
    /// - Parameters:
    ///   - runFolder: The run's folder; made when it does not exist.
    ///   - interrupt: A flag that ends the run after its current step, or while it waits for images.
    ///   - clock: What measures the time of a run with a budget.
    ///   - report: Told what happens, on the thread that trains.
    /// - Throws: ``TrainingError`` when the configuration or the data make no sense, ``GraphError`` when the network does not
    ///   take its input size.
    public init(
        model: Model, training: DetectionDataset, validation: DetectionDataset?, configuration: TrainingConfiguration,
        backend: any Backend, runFolder: URL, interrupt: InterruptFlag = .current, clock: TrainingClock = .system,
        report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws {
        try configuration.validate()
        try model.requireTraining(on: training, validation: validation)
        try configuration.targets.points.requireClasses(training)
        self.model = model
        self.training = training
        self.validation = validation.flatMap { $0.samples.isEmpty ? nil : $0 }
        var configuration = configuration
        if configuration.classBalance > 0 {
            configuration.loss.classWeights = training.classWeights(exponent: configuration.classBalance)
        }
        self.configuration = configuration
        self.report = report
        self.interrupt = interrupt
        self.clock = clock
        countedUntil = clock.now()
        folder = RunFolder(runFolder)
        let inputSizes = configuration.inputSizes(of: model)
        plan = BatchPlan(
            sampleCount: training.samples.count, batchSize: configuration.batchSize,
            accumulation: configuration.accumulation, seed: configuration.seed,
            weights: configuration.sampling == .balanced ? training.balancedWeights : nil,
            inputSizes: inputSizes, stepsPerInputSize: configuration.inputScaleSteps)
        length = TrainingLength(epochs: configuration.epochs, stepsPerEpoch: plan.stepsPerEpoch)
        learningRate = configuration.initialLearningRate(imagesPerStep: plan.imagesPerStep)
        samples = SampleLoader(
            dataset: training, inputSize: model.inputSize, mean: model.mean,
            standardDeviation: model.standardDeviation, augmentation: configuration.augmentation,
            targets: configuration.targets, seed: configuration.seed, epochs: configuration.epochs,
            largestInput: inputSizes.max { $0.longerSide < $1.longerSide }, cacheBytes: configuration.imageCacheBytes)
        step = try TrainingStep(
            model: model, configuration: configuration, batchSize: plan.batchSize, backend: backend)
        predictor = try Predictor(model: step.averaged, backend: backend, options: configuration.prediction)
        identity = RunIdentity(
            configuration, model: model, training: training, validation: validation, plan: plan, backend: backend)
        description = TrainingPlan(
            epochs: configuration.epochs, minutes: configuration.minutes, stepsPerEpoch: plan.stepsPerEpoch,
            batchSize: plan.batchSize,
            accumulation: plan.accumulation, imageCount: training.samples.count,
            validationImageCount: self.validation?.samples.count ?? 0, learningRate: learningRate,
            learningRates: configuration.learningRates, parameterCount: model.graph.learnedParameterCount,
            frozenParameterCount: step.frozenParameterCount,
            kernels: backend.kernels)
    }

    /// What the run is going to do.
    public private(set) var description: TrainingPlan

    /// Trains to the last epoch, or until the flag is raised.
    ///
    /// - Parameter resume: Whether to go on from the folder's checkpoint, or start where there was never a run; otherwise
    ///   what an earlier run left in the folder is removed.
    /// - Throws: ``TrainingError``; errors of the file system. Files on disk stay as the last checkpoint left them.
    public func run(resume: Bool = false) throws -> TrainingSummary {
        // Also while checkpoints are written: what is begun is finished.
        try Signals.whilePolling { try runUntilInterrupted(resume: resume) }
    }

    private func runUntilInterrupted(resume: Bool) throws -> TrainingSummary {
        countedUntil = clock.now()
        let began = ContinuousClock.now
        if resume { try folder.requireCheckpointOrNothing() }
        try folder.create()
        if resume && folder.hasCheckpoint {
            try restoreCheckpoint()
            // They are about weights that training replaces.
            if finishedSteps < length.steps { folder.clearResults(sparing: images) }
        } else {
            try discardEarlierRun()
        }
        if validation != nil && !hasObjectsToFind {
            hasNothingToScore = true
            warnOfNothingToScore()
        }
        // From here on there is always something to resume.
        try saveCheckpoint()
        epochCosts.end = clock.now() - countedUntil
        report(.started(description, finishedSteps: finishedSteps))
        let isFinished = try trainUntilInterrupted()
        try saveCheckpoint()
        return summary(isFinished ? .finished : .interrupted, seconds: began.secondsToNow)
    }

    /// - Returns: Whether training came to its end; false when it was interrupted.
    private func trainUntilInterrupted() throws -> Bool {
        // What validation asks for is this run's flag, too. The steps done so far stay; an interrupted end of an epoch is repeated.
        do { try InterruptFlag.$current.withValue(interrupt) { try train() } } catch is Interrupted { return false }
        return true
    }

    /// Removes what an earlier run left in the folder: weights, checkpoint and log, and the figures, report and drawings
    /// that are about them. Other files stay.
    public func discardEarlierRun() throws { try folder.clear(sparing: images) }

    /// The images of both splits.
    private var images: [URL] { (training.samples + (validation?.samples ?? [])).map(\.imageURL) }

    /// The loop.
    ///
    /// - Throws: ``Interrupted`` when it was asked to stop.
    private func train() throws {
        beginMeasuring()
        var loader = makeLoader()
        defer { loader.stop() }
        while state.epoch < length.epochs && !hasStalled {
            while state.step < length.steps(inEpoch: state.epoch) {
                let began = ContinuousClock.now
                let stepBegan = clock.now()
                let batches = try loader.next(plan.accumulation, interrupt: interrupt)
                let waited = began.secondsToNow
                let rate = learningRate(step: finishedSteps)

                let result = try step.take(batches, learningRate: rate)

                try watch(result, batches)
                let seconds = began.secondsToNow
                state.finishStep(
                    result.loss.terms, gradientNorm: result.gradientNorm, seconds: seconds, dataWaitSeconds: waited,
                    images: plan.imagesPerStep)
                pace.add(seconds)
                report(.step(stepReport(learningRate: rate, waited: waited)))
                try interrupt.check()
                try saveCheckpointIfDue()
                budget?.addStep(clock.now() - stepBegan)
                if try decideLengthIfMeasured() {
                    loader.stop()
                    loader = makeLoader()
                }
            }
            let began = ContinuousClock.now
            let validationBegan = clock.now()
            let validated = try validateIfDue()
            let validationEnded = clock.now()
            if validated != nil { epochCosts.validation = validationEnded - validationBegan }
            let isBest = try keepIfBest(validated?.report)
            try finishEpoch(validated, isBest: isBest, validationSeconds: began.secondsToNow)
            try saveCheckpointIfDue()
            epochCosts.end = clock.now() - validationEnded
        }
    }

    /// Prepares the batches of the steps to come.
    private func makeLoader() -> BatchLoader {
        BatchLoader(
            samples: samples, plan: plan,
            batches: finishedSteps * plan.accumulation..<max(finishedSteps, length.steps) * plan.accumulation,
            threads: configuration.loaderThreads)
    }

    // MARK: A budget of time

    /// Begins to measure the run's pace, unless its length is decided, or there is no budget.
    private func beginMeasuring() {
        guard let minutes = configuration.minutes, state.decided == nil else { return }
        budget = TimeBudget(remaining: max(0, 60 * minutes - spentSeconds))
        // A run that goes on although its time is over: under another budget, or with more epochs.
        if finishedSteps > 0 && spentSeconds >= 60 * minutes { decideLength(validationSeconds: 0) }
    }

    /// The time that the run has taken, over all sessions.
    private var spentSeconds: Double { state.spentSeconds + clock.now() - countedUntil }

    /// - Returns: Whether the length has become another.
    private func decideLengthIfMeasured() throws -> Bool {
        guard let budget, budget.isMeasured else { return false }
        let before = length
        decideLength(validationSeconds: try epochCosts.validation ?? estimatedValidation())
        return length != before
    }

    private func decideLength(validationSeconds: Double) {
        guard let minutes = configuration.minutes, let budget else { return }
        let costs = TimeBudget.Costs(
            step: budget.secondsPerStep, validation: validationSeconds, epochEnd: epochCosts.end)
        let fitting = TimeBudget.length(
            within: length, done: (finishedSteps, state.epoch), secondsLeft: 60 * minutes - spentSeconds, costs: costs,
            evaluateEvery: configuration.evaluateEvery)
        state.decided = TrainingState.DecidedLength(
            steps: fitting.steps, minutes: minutes, epochs: configuration.epochs)
        takeDecidedLength()
        report(
            .lengthDecided(
                BudgetDecision(minutes: minutes, askedEpochs: configuration.epochs, length: fitting, costs: costs)))
    }

    /// Makes the decided length that of the run, from here on and when it is resumed.
    private func takeDecidedLength() {
        guard let decided = state.decided else { return }
        length = TrainingLength(steps: decided.steps, stepsPerEpoch: plan.stepsPerEpoch)
        samples = samples.ending(after: length.epochs)
        description.epochs = length.epochs
        description.minutes = nil
        budget = nil
    }

    /// The seconds that a validation takes, estimated from some of its images; what is found in them is thrown away.
    private func estimatedValidation() throws -> Double {
        guard let validation else { return 0 }
        func seconds(_ count: Int) throws -> Double {
            var part = validation
            part.samples = Array(part.samples.prefix(count))
            let began = clock.now()
            _ = try validate(on: part)
            return (clock.now() - began) * Double(validation.samples.count) / Double(part.samples.count)
        }
        // Programs are compiled first.
        _ = try seconds(configuration.prediction.batchSize)
        return try seconds(4 * configuration.prediction.batchSize)
    }

    // MARK: The parts of an epoch

    /// What validation measures.
    private struct Validation {
        let report: AveragePrecisionReport
        let losses: LossTerms?
        let unreadable: [UnreadableImage]
    }

    /// Stops on a loss or a gradient that is not finite, and warns of losses that stand still.
    private func watch(_ result: StepResult, _ batches: [TrainingBatch]) throws(TrainingError) {
        for batch in batches { warnings.note(unreadable: batch.unreadable) }
        let files = batches.flatMap(\.files)
        switch state.watch.observe(result.loss, focal: configuration.loss.focal) {
        case nil: break
        case .notFinite(_, let images)?:
            let terms = result.loss.terms.terms.map { "\($0.head.name) \($0.value)" }.joined(separator: ", ")
            throw notFinite(
                "the loss is not finite (\(terms)): lower the learning rate, add warm-up steps, or clip the "
                    + "gradient's norm", images.isEmpty ? files : images.map { files[$0] })
        case let diagnosis?: warn(diagnosis.message)
        }
        if !result.isTaken { throw notFinite("the gradient is not finite", files) }
    }

    private func validateIfDue() throws -> Validation? {
        let epoch = state.epoch + 1
        guard let validation, epoch % configuration.evaluateEvery == 0 || epoch == length.epochs else { return nil }
        let result = try validate(on: validation)
        warnings.note(unreadable: result.unreadable)
        return result
    }

    private func validate(on validation: DetectionDataset) throws -> Validation {
        var loss = ValidationLoss(
            on: validation, loss: configuration.loss, targets: configuration.targets, batchSize: plan.batchSize)
        let result = try evaluate(
            predictor: predictor, dataset: validation, keypointSigmas: configuration.keypointSigmas,
            points: configuration.points, maps: { loss.add($0, $1) }
        ) { finished, count in
            try interrupt.check()
            report(.validating(finished: finished, count: count))
        }
        return Validation(report: result.report, losses: loss.finish(), unreadable: result.unreadable)
    }

    /// Saves the weights unless their AP50 (their OKS AP where there are keypoints, the points' AP) is lower than one before: of equals
    /// the later ones have learned more. Where there is nothing to score, no weights are the best.
    private func keepIfBest(_ report: AveragePrecisionReport?) throws -> Bool {
        guard let (name, score) = report?.deciding else { return false }
        hasNothingToScore = score < 0
        if score < 0 {
            warnOfNothingToScore()
            return false
        }
        if let best = state.bestScore, score < best { return false }
        // The file first: a checkpoint that names a best epoch must find its weights.
        try step.averaged.save(
            to: folder.bestWeights, extraMetadata: ["epoch": String(state.epoch + 1), name: String(score)])
        if state.bestScore.map({ score > $0 }) ?? true { state.improvedEpoch = state.epoch + 1 }
        state.bestScore = score
        state.bestEpoch = state.epoch + 1
        return true
    }

    /// Whether the validation split has objects that count.
    private var hasObjectsToFind: Bool {
        validation?.samples.contains { $0.objects.contains { !$0.difficult && !$0.crowd } } ?? false
    }

    /// Warns that the validation split has no object to find, so that no weights are better than others.
    private func warnOfNothingToScore() {
        guard let validation else { return }
        let what = hasObjectsToFind ? "keypoints" : "object"
        warn(
            "the split '\(validation.split)' has no \(what) to find in its \(validation.samples.count) images: there is nothing to "
                + "score, so no weights are the best, and the last ones are used")
    }

    /// Writes the epoch's line of the log, and the last weights.
    private func finishEpoch(
        _ validated: Validation?, isBest: Bool, validationSeconds: Double
    ) throws {
        if let diagnosis = state.watch.endEpoch() { warn(diagnosis.message) }
        if let message = warnings.unreadableMessage() { warn(message) }
        let record = EpochRecord(
            epoch: state.epoch + 1, plannedEpochs: state.decided == nil ? nil : length.epochs,
            learningRate: learningRate(step: max(0, finishedSteps - 1)), sums: state.sums,
            steps: state.step, images: state.step * plan.imagesPerStep, validationSeconds: validationSeconds,
            validation: validated?.report, validationLosses: validated?.losses, isBest: isBest,
            warnings: warnings.takeFresh())
        state.finishEpoch(logging: record.line(classNames: model.classNames))
        try writeLogs()
        try saveLastWeights()
        if configuration.saveEvery > 0 && state.epoch % configuration.saveEvery == 0 {
            try step.averaged.save(
                to: folder.weights(afterEpoch: state.epoch), extraMetadata: ["epoch": String(state.epoch)])
        }
        report(.epochFinished(record))
        if hasStalled, let epoch = state.improvedEpoch {
            warn(
                "validation results have not improved since epoch \(epoch): training ends after epoch \(state.epoch) "
                    + "(training.patience is \(configuration.patience))")
        }
    }

    /// Whether validation results have not improved for as long as the configuration allows.
    private var hasStalled: Bool {
        guard configuration.patience > 0, let epoch = state.improvedEpoch else { return false }
        return state.epoch - epoch >= configuration.patience
    }

    /// Writes the log, its table, and what TensorBoard reads: all epochs at the beginning, then one at a time.
    private func writeLogs() throws {
        try folder.writeLog(state.log)
        let isFirst = events == nil
        let events = try self.events ?? EventFile(in: folder.url)
        self.events = events
        for numbers in ResultsTable(isFirst ? state.log : state.log.suffix(1)).numbers {
            guard let epoch = numbers.first(where: { $0.name == "epoch" })?.value else { continue }
            try events.append(
                numbers.filter { $0.name != "epoch" }.map { (tag: $0.name, value: $0.value) }, step: Int(epoch))
        }
    }

    // MARK: Checkpoints

    /// Writes everything that resuming needs. The checkpoint comes first: it is what a resumed run believes.
    private func saveCheckpoint() throws {
        state.spentSeconds = spentSeconds
        countedUntil = clock.now()
        try Checkpoint.write(
            state: state, identity: identity, plannedEpochs: configuration.epochs, parameters: model.parameters,
            optimizer: step.optimizer, average: step.average, to: folder.checkpoint)
        try saveLastWeights()
        lastCheckpoint = .now
        report(.checkpoint(folder.checkpoint))
    }

    private func saveCheckpointIfDue() throws {
        if lastCheckpoint.secondsToNow >= configuration.checkpointSeconds { try saveCheckpoint() }
    }

    private func saveLastWeights() throws {
        try step.averaged.save(to: folder.lastWeights, extraMetadata: ["epoch": String(state.epoch)])
    }

    /// Goes on from the folder's checkpoint. The log is written anew from it, for a run that was killed may have got
    /// further with it; so are, with the next checkpoint, the last weights.
    private func restoreCheckpoint() throws {
        let checkpoint = try Checkpoint(contentsOf: folder.checkpoint)
        guard checkpoint.identity.isKnown else {
            throw TrainingError.badCheckpoint(
                path: folder.checkpoint.path, reason: "another version of this program wrote it")
        }
        let differences = identity.differences(from: checkpoint.identity)
        guard differences.isEmpty else {
            throw TrainingError.differentExperiment(path: folder.checkpoint.path, differences: differences)
        }
        guard checkpoint.state.step <= plan.stepsPerEpoch else {
            throw TrainingError.badCheckpoint(path: folder.checkpoint.path, reason: "it is beyond the epoch's end")
        }
        do {
            try checkpoint.restore(parameters: model.parameters, optimizer: step.optimizer, average: step.average)
        } catch {
            throw TrainingError.badCheckpoint(path: folder.checkpoint.path, reason: error.description)
        }
        state = checkpoint.state
        identity.takeStart(from: checkpoint.identity)
        noteMissingBest()
        if let threads = checkpoint.threads, threads != Threads.teamSize {
            warn(
                "the run computed with \(threads) \(threads == 1 ? "thread" : "threads") and continues with "
                    + "\(Threads.teamSize): its results will not have the same bits as if it had never stopped")
        }
        try writeLogs()
        let before = state.decided.map { TrainingLength(steps: $0.steps, stepsPerEpoch: plan.stepsPerEpoch).epochs }
        // What was decided for another budget is decided anew.
        if let decided = state.decided,
            decided.minutes != configuration.minutes || decided.epochs != configuration.epochs
        {
            state.decided = nil
        }
        takeDecidedLength()
        let planned = before ?? checkpoint.plannedEpochs
        if configuration.minutes == nil, planned != configuration.epochs, configuration.schedule.dependsOnLength {
            warn(
                "the run was planned for \(planned) epochs and now has \(configuration.epochs): the "
                    + "\(configuration.schedule.kind.rawValue) schedule continues as if it had always been so")
        }
    }

    /// Forgets best weights whose file is gone: the next ones are then the best that there are. Those that an earlier version kept where
    /// there was nothing to score are removed.
    private func noteMissingBest() {
        if state.bestEpoch != nil && state.bestScore == nil {
            try? FileManager.default.removeItem(at: folder.bestWeights)
            state.bestEpoch = nil
        }
        guard let epoch = state.bestEpoch, !FileManager.default.fileExists(atPath: folder.bestWeights.path) else {
            return
        }
        warn(
            "the best weights so far, of epoch \(epoch), are missing (\(folder.bestWeights.relativePath)): the best of the "
                + "epochs to come are kept instead")
        (state.bestEpoch, state.bestScore) = (nil, nil)
    }

    // MARK: Small things

    /// The learning rate of a step, from 0, of the run.
    private func learningRate(step: Int) -> Double {
        learningRate
            * configuration.schedule.factor(
                step: step, stepsPerEpoch: plan.stepsPerEpoch, epochs: configuration.epochs, steps: length.steps,
                warmUpSteps: configuration.warmUpSteps)
    }

    /// Steps of the run that are done.
    private var finishedSteps: Int { state.globalStep(stepsPerEpoch: plan.stepsPerEpoch) }

    private func stepReport(learningRate: Double, waited: Double) -> StepReport {
        let stepsLeft = max(0, length.steps - finishedSteps)
        let secondsLeft = Double(stepsLeft) * pace.secondsPerStep
        let budgetLeft = budget.flatMap { _ in configuration.minutes.map { max(0, 60 * $0 - spentSeconds) } }
        return StepReport(
            epoch: state.epoch + 1, step: state.step, losses: state.sums.losses / Double(max(1, state.step)),
            learningRate: learningRate, dataWaitSeconds: waited,
            imagesPerSecond: Double(plan.imagesPerStep) / max(pace.secondsPerStep, 1e-9),
            secondsLeft: min(secondsLeft, budgetLeft ?? secondsLeft))
    }

    private func summary(_ outcome: TrainingSummary.Outcome, seconds: Double) -> TrainingSummary {
        let measure =
            model.network.objectKind == .points
            ? AveragePrecisionReport.pointMeasure
            : model.skeleton == nil ? AveragePrecisionReport.boxMeasure : AveragePrecisionReport.poseMeasure
        let best = state.bestEpoch.flatMap { epoch in
            state.bestScore.map { (epoch: epoch, measure: measure, score: $0) }
        }
        return TrainingSummary(
            outcome: outcome, epochs: state.epoch, steps: min(finishedSteps, length.steps),
            seconds: seconds, imagesPerSecond: Double(state.trainedImages) / max(state.trainingSeconds, 1e-9),
            dataWaitSeconds: state.dataWaitSeconds, peakMemoryBytes: peakMemoryBytes(), best: best,
            hasNothingToScore: hasNothingToScore && best == nil,
            warnings: warnings.all)
    }

    private func notFinite(_ reason: String, _ files: [URL]) -> TrainingError {
        .notFinite(epoch: state.epoch + 1, step: state.step + 1, reason: reason, files: files.map(\.lastPathComponent))
    }

    private func warn(_ message: String) {
        if warnings.add(message) { report(.warning(message)) }
    }
}
