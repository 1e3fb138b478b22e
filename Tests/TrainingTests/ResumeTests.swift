import Datasets
import DetectionHeads
import DetectionLosses
import Foundation
import Graphs
import Images
import Interruption
import JSON
import Networks
import OneDNNBackend
import Tensors
import TestSupport
import Testing
import Training
import WeightFiles

/// A run that was stopped at any point and resumed ends bit-identical to one that was not.
@Suite(.serialized) struct ResumeTests {
    let folder: TemporaryFolder
    let training: DetectionDataset
    let validation: DetectionDataset

    init() throws {
        folder = try TemporaryFolder()
        training = try rectangles(in: folder.url, count: 10)
        validation = try rectangles(in: folder.url, count: 4, seed: 8, split: "val")
    }

    var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.epochs = 4
        configuration.batchSize = 3
        configuration.learningRate = 0.003
        configuration.averageDecay = 0.8
        configuration.optimizer.weightDecay = 0.01
        configuration.evaluateEvery = 2
        configuration.checkpointSeconds = 1e6
        configuration.warmUpSteps = 4
        configuration.augmentation.border = 16
        return configuration
    }

    func run(
        in run: URL, resume: Bool, configuration: TrainingConfiguration? = nil, interrupt: InterruptFlag = .current,
        backend: any Backend = ReferenceBackend(), listening: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainingSummary {
        try Trainer(
            model: smallModel(), training: training, validation: validation,
            configuration: configuration ?? self.configuration, backend: backend, runFolder: run,
            interrupt: interrupt, report: listening
        ).run(resume: resume)
    }

    /// The results that must not depend on stops: both weights files, and the log except for times.
    struct Traces: Equatable {
        var last, best: Data
        var log: [JSONValue]

        init(_ url: URL) throws {
            let run = RunFolder(url)
            last = try Data(contentsOf: run.lastWeights)
            best = try Data(contentsOf: run.bestWeights)
            log = try String(contentsOf: run.log, encoding: .utf8).split(separator: "\n").map { line in
                var object = JSONObject()
                for key in ["epoch", "learningRate", "loss", "heatmapLoss", "offsetLoss", "sizeLoss", "gradientNorm"] {
                    object[key] = try JSONValue(parsing: String(line))[key]
                }
                for key in ["AP50", "validationLoss"] { object[key] = try? JSONValue(parsing: String(line))[key] }
                return .object(object)
            }
        }
    }

    @Test(arguments: [ReferenceBackend(), OneDNNBackend(), OneDNNBackend(precision: .automatic)] as [any Backend])
    func interruptedAnywhere(backend: any Backend) throws {
        let whole = folder.url.appendingPathComponent("whole")
        #expect(try run(in: whole, resume: false, backend: backend).outcome == .finished)
        let expected = try Traces(whole)
        #expect(expected.log.count == 4)
        // Three steps per epoch: at its beginning, in its middle, at its end, and in both validations.
        for (number, stop) in [1, 3, 4, 6, 8, 11].enumerated() {
            let stopped = folder.url.appendingPathComponent("stopped-\(number)")
            let flag = InterruptFlag()
            var steps = 0
            let summary = try run(in: stopped, resume: false, interrupt: flag, backend: backend) { event in
                if case .step = event {
                    steps += 1
                    if steps == stop { flag.raise() }
                }
            }
            #expect(summary.outcome == .interrupted && summary.steps == stop)
            #expect(try run(in: stopped, resume: true, backend: backend).outcome == .finished)
            #expect(try Traces(stopped) == expected, "stopped after step \(stop)")
        }
    }

    @Test func interruptedInValidation() throws {
        var halting = configuration
        halting.prediction.batchSize = 2
        let whole = folder.url.appendingPathComponent("whole")
        _ = try run(in: whole, resume: false, configuration: halting)
        let stopped = folder.url.appendingPathComponent("stopped")
        let flag = InterruptFlag()
        let summary = try run(in: stopped, resume: false, configuration: halting, interrupt: flag) { event in
            if case .validating = event { flag.raise() }
        }
        #expect(summary.outcome == .interrupted && summary.epochs == 1 && summary.steps == 6)
        _ = try run(in: stopped, resume: true, configuration: halting)
        #expect(try Traces(stopped) == Traces(whole))
    }

    /// Resumes the folder as a killed process would leave it, at every event of a run that saves after each step.
    @Test func killedAnywhere() throws {
        let whole = folder.url.appendingPathComponent("whole")
        var eager = configuration
        eager.checkpointSeconds = 0
        eager.epochs = 3
        var snapshots: [URL] = []
        _ = try run(in: whole, resume: false, configuration: eager) { _ in
            let copy = folder.url.appendingPathComponent("killed-\(snapshots.count)")
            try? FileManager.default.copyItem(at: whole, to: copy)
            snapshots.append(copy)
        }
        let expected = try Traces(whole)
        #expect(snapshots.count > 15)
        for index in stride(from: 0, to: snapshots.count, by: 3) {
            // Other remains of a killed run: a file that was never renamed.
            try Data("half".utf8).write(
                to: snapshots[index].appendingPathComponent("weights/.last.safetensors.1.2"))
            _ = try run(in: snapshots[index], resume: true, configuration: eager)
            #expect(try Traces(snapshots[index]) == expected, "killed at event \(index)")
        }
    }

    @Test func theLogIsCutToWhatTheCheckpointKnows() throws {
        let url = folder.url.appendingPathComponent("run")
        let flag = InterruptFlag()
        _ = try run(in: url, resume: false, interrupt: flag) { event in
            if case .step(let step) = event, step.epoch == 2 { flag.raise() }
        }
        let log = RunFolder(url).log
        let text = try String(contentsOf: log, encoding: .utf8)
        try Data((text + "{\"epoch\":2}\n{\"ep").utf8).write(to: log)
        var seen = ""
        flag.raise()
        _ = try run(in: url, resume: true, interrupt: flag) { event in
            if case .started(_, let steps) = event {
                #expect(steps == 4)
                seen = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            }
        }
        #expect(seen == text)
    }

    @Test func anotherExperimentIsRefusedByName() throws {
        let url = folder.url.appendingPathComponent("run")
        var short = configuration
        short.epochs = 1
        _ = try run(in: url, resume: false, configuration: short)
        var other = configuration
        other.optimizer.beta1 = 0.8
        other.seed = 5
        let error = #expect(throws: TrainingError.self) { try run(in: url, resume: true, configuration: other) }
        guard case .differentExperiment(_, let differences)? = error else { return }
        #expect(differences == ["training.optimizer.beta1 was 0.9 and is 0.8", "training.seed was 1 and is 5"])
    }

    /// Data are compared by content: an annotation that was corrected makes another run, whichever split it is in.
    @Test(arguments: [true, false]) func otherAnnotationsAreRefused(isTraining: Bool) throws {
        let url = folder.url.appendingPathComponent("run")
        var short = configuration
        short.epochs = 1
        _ = try run(in: url, resume: false, configuration: short)
        var changed = isTraining ? training : validation
        changed.samples[1].objects[0].box.xMax += 1
        let trainer = try Trainer(
            model: smallModel(), training: isTraining ? changed : training,
            validation: isTraining ? validation : changed, configuration: short, backend: ReferenceBackend(),
            runFolder: url)
        let error = #expect(throws: TrainingError.self) { try trainer.run(resume: true) }
        #expect(error?.description.contains(isTraining ? "training set" : "validation set") == true)
    }

    /// So are images, byte by byte: other pixels under the same name make another run.
    @Test(arguments: [true, false]) func otherImagesAreRefused(isTraining: Bool) throws {
        let url = folder.url.appendingPathComponent("run")
        var short = configuration
        short.epochs = 1
        _ = try run(in: url, resume: false, configuration: short)
        let file = (isTraining ? training : validation).samples[1].imageURL
        try Image(width: 80, height: 64, fill: (1, 2, 3)).writePNG(to: file)
        let error = #expect(throws: TrainingError.self) { try run(in: url, resume: true, configuration: short) }
        guard case .differentExperiment(_, let differences)? = error else { return }
        #expect(differences == ["image files of the \(isTraining ? "training" : "validation") set have changed"])
        #expect(error?.description.contains("--pretrained") == true)
    }

    private func change(_ run: RunFolder, _ change: (inout [String: String]) -> Void) throws {
        var file = try SafeTensorsFile(contentsOf: run.checkpoint)
        change(&file.metadata)
        try file.write(to: run.checkpoint)
    }

    /// Last bits depend on the number of threads, so the checkpoint keeps it.
    @Test func anotherNumberOfThreadsIsWarnedOf() throws {
        let run = RunFolder(folder.url.appendingPathComponent("run"))
        var short = configuration
        short.epochs = 1
        _ = try self.run(in: run.url, resume: false, configuration: short)
        #expect(run.checkpointThreads == Threads.teamSize)
        #expect(try self.run(in: run.url, resume: true, configuration: short).warnings.isEmpty)
        try change(run) { $0["threads"] = "1000" }
        #expect(run.checkpointThreads == 1000)
        let warnings = try self.run(in: run.url, resume: true, configuration: short).warnings
        #expect(warnings.count == 1 && warnings[0].contains("1000 threads"), "\(warnings)")
        // Checkpoints of earlier versions say nothing of threads and of images.
        try change(run) { metadata in
            metadata["threads"] = nil
            for key in metadata.keys where key.hasSuffix("set, images") { metadata[key] = nil }
        }
        #expect(try self.run(in: run.url, resume: true, configuration: short).warnings.isEmpty)
        #expect(run.checkpointThreads == Threads.teamSize)
    }

    /// A checkpoint of a version that did not have a setting is of the setting's default.
    @Test func newerSettingsHadTheirDefaults() throws {
        let run = RunFolder(folder.url.appendingPathComponent("run"))
        var short = configuration
        short.epochs = 1
        _ = try self.run(in: run.url, resume: false, configuration: short)
        try change(run) { metadata in
            let key = metadata.keys.first { $0.hasSuffix("evaluation.keepResolution") }
            #expect(key.flatMap { metadata.removeValue(forKey: $0) } == "false")
        }
        #expect(try self.run(in: run.url, resume: true, configuration: short).epochs == 1)
        try change(run) { metadata in
            for key in metadata.keys where key.hasSuffix("evaluation.keepResolution") { metadata[key] = nil }
        }
        short.prediction.keepsResolution = true
        let error = #expect(throws: TrainingError.self) {
            try self.run(in: run.url, resume: true, configuration: short)
        }
        #expect(error?.description.contains("evaluation.keepResolution was nothing and is true") == true)
    }

    /// Without its checkpoint a run is not started over: its weights would be lost.
    @Test(arguments: [true, false]) func aRunWithoutCheckpointIsNotTouched(isLink: Bool) throws {
        let run = RunFolder(folder.url.appendingPathComponent("run"))
        var short = configuration
        short.epochs = 1
        _ = try self.run(in: run.url, resume: false, configuration: short)
        try FileManager.default.removeItem(at: run.checkpoint)
        if isLink {
            try FileManager.default.createSymbolicLink(
                atPath: run.checkpoint.path, withDestinationPath: "/not/mounted/resume.safetensors")
        }
        let files = [run.lastWeights, run.bestWeights, run.log]
        let before = try files.map { try Data(contentsOf: $0) }
        let error = #expect(throws: TrainingError.self) {
            try self.run(in: run.url, resume: true, configuration: short)
        }
        let reason = isLink ? "/not/mounted/resume.safetensors" : "weights/resume.safetensors is missing"
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(try files.map { try Data(contentsOf: $0) } == before)
        #expect(run.remains.contains("weights/resume.safetensors") == isLink)
    }

    @Test func aMissingBestIsNamed() throws {
        let run = RunFolder(folder.url.appendingPathComponent("run"))
        var short = configuration
        short.epochs = 2
        #expect(try self.run(in: run.url, resume: false, configuration: short).best?.epoch == 2)
        try FileManager.default.removeItem(at: run.bestWeights)
        let finished = try self.run(in: run.url, resume: true, configuration: short)
        #expect(finished.best == nil && finished.warnings.first?.contains("best.safetensors") == true)
        let longer = try self.run(in: run.url, resume: true)
        #expect(longer.best?.epoch == 4 && FileManager.default.fileExists(atPath: run.bestWeights.path))
    }

    /// Figures and drawings go with the weights that they are about, and nothing else does.
    @Test(arguments: [true, false]) func resultsGoWithTheirWeights(resume: Bool) throws {
        let run = RunFolder(folder.url.appendingPathComponent("run"))
        var short = configuration
        short.epochs = 1
        _ = try self.run(in: run.url, resume: false, configuration: short)
        let results = [
            "metrics.json", "report.html", "detections/a.png", "detections/detections.json", "heatmaps/a.npy",
        ]
        let others = ["notes.txt", "detections/notes.txt", "weights/kept.safetensors"]
        for name in results + others { try folder.write("1", to: "run/\(name)") }
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file("run/\(name)").path) }
        // A finished run stays as it is.
        _ = try self.run(in: run.url, resume: true, configuration: short)
        #expect(results.allSatisfy(exists))
        short.epochs = 2
        _ = try self.run(in: run.url, resume: resume, configuration: short)
        #expect(!results.contains(where: exists) && others.allSatisfy(exists) && !exists("heatmaps"))
    }

    /// Where there is nothing to score, no weights are the best, and one warning says so; models are loaded from the last ones.
    @Test func withoutObjectsNoWeightsAreTheBest() throws {
        var background = validation
        for index in background.samples.indices { background.samples[index].objects = [] }
        let url = folder.url.appendingPathComponent("run")
        let summary = try Trainer(
            model: smallModel(), training: training, validation: background, configuration: configuration,
            backend: ReferenceBackend(), runFolder: url
        ).run()
        #expect(summary.best == nil && summary.hasNothingToScore)
        #expect(summary.warnings.count == 1 && summary.warnings[0].contains("nothing to score"), "\(summary.warnings)")
        let run = RunFolder(url)
        #expect(!FileManager.default.fileExists(atPath: run.bestWeights.path))
        let weights = try [url, run.lastWeights].map { try Model.load($0).parameters.entries }
        for (used, last) in zip(weights[0], weights[1]) {
            #expect(Tensor(copying: used.value) == Tensor(copying: last.value))
        }
        // What was not scored is no number.
        let line = try #require(String(contentsOf: run.log, encoding: .utf8).split(separator: "\n").last)
        let last = try JSONValue(parsing: String(line))
        #expect(try last["AP50"] == .null && last["best"] == .bool(false))
        #expect(try last["validationLoss"].number() > 0)
        let table = try String(contentsOf: run.results, encoding: .utf8)
        #expect(!table.contains("-1.0") && !table.contains("AP50"))
    }

    /// A complete experiment says of keypoints what the data set decided; a run is resumed from it, too.
    @Test func theCompleteExperimentIsTheSameRun() throws {
        let url = folder.url.appendingPathComponent("run")
        var short = configuration
        short.epochs = 1
        #expect(short.trainsKeypoints)
        _ = try run(in: url, resume: false, configuration: short)
        short.trainsKeypoints = false
        short.learningRate = short.learningRate ?? short.initialLearningRate(imagesPerStep: short.batchSize)
        #expect(try run(in: url, resume: true, configuration: short).epochs == 1)
    }

    /// What only decides the pace may differ.
    @Test func anotherPaceIsTheSameRun() throws {
        let url = folder.url.appendingPathComponent("run")
        var short = configuration
        short.epochs = 1
        _ = try run(in: url, resume: false, configuration: short)
        short.loaderThreads = 2
        short.imageCacheBytes = 0
        #expect(try run(in: url, resume: true, configuration: short).epochs == 1)
    }

    @Test func aFinishedRunCanBeMadeLonger() throws {
        let (short, long) = (folder.url.appendingPathComponent("short"), folder.url.appendingPathComponent("long"))
        var brief = configuration
        brief.schedule = .step(milestones: [3], factor: 0.1)
        brief.epochs = 2
        _ = try run(in: short, resume: false, configuration: brief)
        brief.epochs = 4
        let summary = try run(in: short, resume: true, configuration: brief)
        #expect(summary.epochs == 4 && summary.warnings.isEmpty)
        _ = try run(in: long, resume: false, configuration: brief)
        #expect(try Traces(short) == Traces(long))
    }

    @Test func aDamagedCheckpointIsASentence() throws {
        let url = folder.url.appendingPathComponent("run")
        var short = configuration
        short.epochs = 1
        _ = try run(in: url, resume: false, configuration: short)
        let file = RunFolder(url).checkpoint
        let data = try Data(contentsOf: file)
        try data.prefix(data.count / 2).write(to: file)
        let error = #expect(throws: TrainingError.self) { try run(in: url, resume: true, configuration: short) }
        #expect(error?.description.contains("resume.safetensors cannot be resumed") == true)
    }

    @Test func aFreshRunForgetsTheOldOne() throws {
        let (one, two) = (folder.url.appendingPathComponent("one"), folder.url.appendingPathComponent("two"))
        var short = configuration
        short.epochs = 2
        _ = try run(in: one, resume: false, configuration: short)
        short.seed = 77
        _ = try run(in: one, resume: false, configuration: short)
        _ = try run(in: two, resume: true, configuration: short)
        #expect(try Traces(one) == Traces(two))
    }

    @Test func theStateSurvivesAsText() throws {
        var state = TrainingState()
        state.epoch = 3
        state.step = 2
        state.sums.losses += LossTerms([(.heatmap, 0.1 + 0.2), (.size, 1.0 / 3), (.offset, 1e-300)])
        state.sums.seconds = 1e-300
        state.watch.previousSizeLoss = 1 / 3
        state.bestScore = 0.7
        state.bestEpoch = 2
        state.spentSeconds = 2.0 / 3
        state.decided = TrainingState.DecidedLength(steps: 17, minutes: 0.1, epochs: 60)
        state.log = ["{\"epoch\":1}", "{\"epoch\":2}", "{\"epoch\":3}"]
        #expect(TrainingState(metadata: state.metadata) == state)
        #expect(TrainingState(metadata: TrainingState().metadata) == TrainingState())
        for name in ["epoch", "step", "log", "sum.total"] {
            var metadata = state.metadata
            metadata[name] = nil
            #expect(TrainingState(metadata: metadata) == nil, "without \(name)")
        }
    }
}
