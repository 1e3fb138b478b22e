import Experiments
import Foundation
import JSON
import Settings
import TestSupport
import Testing
import Training

/// The table of settings, from which files, validation, the reference page and resuming are made.
@Suite struct SettingsTests {
    @Test func everySettingIsDocumentedOnce() {
        let keys = Experiment.settings.map(\.key)
        #expect(Set(keys).count == keys.count)
        for setting in Experiment.settings {
            #expect(setting.documentation.hasSuffix("."), "\(setting.key)")
            #expect(setting.documentation.first?.isUppercase == true, "\(setting.key)")
            #expect(Experiment.reference.contains("\n\(setting.key): ") || setting.key == "name")
        }
    }

    @Test func defaultsAreAllowed() {
        let defaults = Experiment()
        for setting in Experiment.settings where !["dataset.root", "name"].contains(setting.key) {
            #expect(setting.problem(defaults) == nil, "\(setting.key)")
        }
        #expect(TrainingConfiguration().problems == [])
    }

    @Test func refusedFilesAreNotMissing() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("a.json")
        #expect(throws: ExperimentError.notFound(file: file.relativePath)) { try Experiment(contentsOf: file) }
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "a.json")
        let reason = "too many levels of symbolic links"
        #expect(throws: ExperimentError.unreadable(file: file.relativePath, reason: reason)) {
            try Experiment(contentsOf: file)
        }
    }

    @Test func scaledInputsAreNotTooLarge() throws {
        let error = #expect(throws: ExperimentError.self) {
            try Experiment(dataset: "somewhere", overrides: ["input.size=2048", "training.inputScales=[1, 2.5]"])
        }
        #expect(
            error?.description.contains(
                "training.inputScales has 2.5, which makes inputs of 5120, but sides may be 4096 at most") == true)
        _ = try Experiment(dataset: "somewhere", overrides: ["input.size=2048", "training.inputScales=[0.5, 2]"])
        let same = #expect(throws: ExperimentError.self) {
            try Experiment(
                dataset: "somewhere", overrides: ["network.name=hourglass104", "training.inputScales=[0.75, 1]"])
        }
        #expect(
            same?.description.contains(
                "training.inputScales has 0.75 and 1.0, which both make inputs of 256, since sides are multiples of")
                == true, "\(String(describing: same))")
    }

    @Test func inputsMayBeRectangles() throws {
        let settings = [("480x640", JSONValue.string("480x640")), ("480", .integer(480)), ("96x96", .integer(96))]
        for (text, written) in settings {
            let experiment = try Experiment(dataset: "somewhere", overrides: ["input.size=\(text)"])
            #expect(try experiment.json["input"]["size"] == written)
        }
        let error = #expect(throws: ExperimentError.self) {
            try Experiment(dataset: "somewhere", overrides: ["input.size=640x"])
        }
        #expect(
            error?.description.contains("height and width as in \"480x640\"") == true, "\(String(describing: error))")
    }

    /// What is written can be read again, and says the same.
    @Test func completeExperimentsAreRead() throws {
        let folder = try TemporaryFolder()
        var experiment = try Experiment(dataset: "somewhere", overrides: ["training.schedule.kind=step"])
        experiment.training.optimizer.kind = .sgd
        experiment.training.loss.weights[.size] = 0.25
        let file = folder.file("again.json")
        try experiment.json.text(pretty: true).write(to: file, atomically: true, encoding: .utf8)
        let again = try Experiment(contentsOf: file)
        #expect(again.json == experiment.json)
        #expect(again.training.loss.weights[.size] == 0.25)
    }

    @Test(arguments: [
        ("training.pictureCacheBytes", "5", "training.imageCacheBytes"),
        ("loss.weights.jointHeatmap", "0.5", "loss.weights.keypointHeatmap"),
        ("evaluation.jointSigmas", "[5]", "evaluation.keypointSigmas"),
        ("network.joints", "false", "network.keypoints"),
    ])
    func formerKeysAreRead(former: String, value: String, key: String) throws {
        let experiment = try Experiment(dataset: "somewhere", overrides: ["\(former)=\(value)"])
        let setting = try #require(Experiment.settings.first { $0.key == key })
        #expect(setting.write(experiment) == (try JSONValue(parsing: value)) || value == "[5]")
        #expect(value != "[5]" || experiment.training.keypointSigmas == [5])
    }

    @Test(arguments: [
        ("training.epochs=0", "training.epochs is 0, but must be from 1 to 1000000"),
        ("augmentation.brightness=1.5", "augmentation.brightness is 1.5, but must be from 0 to 1"),
        ("training.learningRate=0", "training.learningRate is 0, but must be above 0"),
        ("loss.weights.size=-1", "loss.weights.size is -1, but must be 0 or more"),
        ("input.mean=[0,1]", "input.mean is [0, 1], but must be three numbers: red, green, blue"),
        ("augmentation.minimumScale=2", "augmentation.maximumScale is 1.3, below augmentation.minimumScale, 2.0"),
        ("dataset.trainSplit=", "dataset.trainSplit is empty"),
        ("input.size=5000", "input.size is 5000, but must be a multiple of 32 from 32 to 4096"),
        ("input.size=100", "input.size is 100, but must be a multiple of 32 from 32 to 4096, such as 96 or 128"),
        (
            "input.size=480x650",
            "input.size is 480x650, but height and width must be multiples of 32 from 32 to 4096, such as 480x640 or 480x672"
        ),
        ("training.inputScales=[1e300]", "but must be one to eight factors, each from 0.25 to 4"),
        (
            "training.inputScales=[]",
            "training.inputScales is [], but must be one to eight factors, each from 0.25 to 4"
        ),
        (
            "training.inputScales=[1, 5]",
            "training.inputScales is [1, 5], but must be one to eight factors, each from 0.25 to 4"
        ),
        ("input.size=0", "input.size is 0, but must be a multiple of 32 from 32 to 4096"),
        ("dataset.folds=1", "dataset.folds is 1, but must be from 2 to 1000"),
        ("dataset.fold=2", "dataset.fold does not apply here"),
        ("training.precision=int8", "training.precision is \"int8\", but must be float32, bfloat16 or automatic"),
    ])
    func valuesOutOfRangeAreNamed(override: String, sentence: String) {
        let error = #expect(throws: ExperimentError.self) {
            try Experiment(dataset: "somewhere", overrides: [override])
        }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }

    /// Another data set has other classes and splits than the file's.
    @Test func anotherDataSetTakesTheFilesPlace() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("one.json")
        try
            #"{"dataset": {"root": "a", "classes": ["x"], "trainSplit": "t", "difficult": "ignore"}, "training": {"epochs": 3}}"#
            .write(to: file, atomically: true, encoding: .utf8)
        let experiment = try Experiment(contentsOf: file, dataset: "b")
        #expect(experiment.dataset.root == "b" && experiment.dataset.classes == [])
        #expect(experiment.dataset.trainSplit == "train" && experiment.training.epochs == 3)
        #expect(experiment.dataset.difficult == .ignore)
    }
}

/// Experiments that go on from a run.
@Suite struct ContinuedExperimentTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            #"{"name": "a", "dataset": {"root": "/data", "classes": ["x"], "folds": 3}, "training": {"epochs": 7}}"#,
            to: "Runs/a/experiment.json")
        try folder.write("weights", to: "Runs/a/weights/best.safetensors")
        try folder.write("weights", to: "Runs/a/weights/last.safetensors")
    }

    @Test func settingsAreThoseOfTheRunAndTheStartIsItsBestWeights() throws {
        let experiment = try Experiment(continuing: folder.file("Runs/a"))
        #expect(experiment.name == "a-continued")
        #expect(experiment.training.epochs == 7 && experiment.dataset.classes == ["x"])
        #expect(experiment.network.pretrained == folder.file("Runs/a/weights/best.safetensors").relativePath)
        let last = folder.file("Runs/a/weights/last.safetensors")
        #expect(try Experiment(continuing: last).network.pretrained == last.relativePath)
    }

    @Test func overridesAndAnotherDataSetComeBeforeTheRun() throws {
        let experiment = try Experiment(
            continuing: folder.file("Runs/a"), dataset: "/other",
            overrides: ["name=b", "training.epochs=2", "network.pretrained=/c"])
        #expect(experiment.name == "b" && experiment.training.epochs == 2 && experiment.network.pretrained == "/c")
        #expect(experiment.dataset.root == "/other" && experiment.dataset.classes == [])
        #expect(experiment.dataset.folds == nil)
    }

    @Test func whatIsNoRunIsNamed() {
        let place = folder.file("elsewhere")
        #expect(throws: ExperimentError.noRun(place: place.relativePath)) { try Experiment(continuing: place) }
    }
}

/// Where the paths of an experiment lead.
@Suite struct ExperimentPathTests {
    /// A file's own paths are from its folder or beside it, whatever the current folder; an override's are from the current folder.
    @Test func relativePathsAreThoseOfTheFile() throws {
        let folder = try TemporaryFolder()
        // A run that is called as the data set must not be taken for it.
        for name in ["Runs/one", "Runs/set", "Experiments", "set", "Data/set"] {
            try FileManager.default.createDirectory(
                at: folder.file(name), withIntermediateDirectories: true)
        }
        for (name, root, found) in [
            ("Runs/one/experiment.json", "../../set", "set"), ("Experiments/a.json", "Data/set", "Data/set"),
        ] {
            let file = folder.file(name)
            try #"{"dataset": {"root": "\#(root)"}}"#.write(to: file, atomically: true, encoding: .utf8)
            #expect(
                try Experiment(contentsOf: file).dataset.root == folder.file(found).standardizedFileURL.path)
            #expect(try Experiment(contentsOf: file, overrides: ["dataset.root=/"]).dataset.root == "/")
            #expect(try Experiment(contentsOf: file, overrides: ["dataset.root=no/where"]).dataset.root == "no/where")
        }
    }

    /// A complete experiment, written into its run's folder, leads to the same data set, also once the project was moved.
    @Test func completeExperimentsMoveWithTheirProject() throws {
        let folder = try TemporaryFolder()
        var experiment = try Experiment(
            dataset: folder.file("set").path, overrides: ["outputs.folder=\(folder.file("Runs").path)", "name=set"])
        #expect(experiment.completed(with: NetworkOutputs(classNames: ["a"])).dataset.root == "../../set")
        experiment.dataset.root = "/elsewhere"
        #expect(experiment.completed(with: NetworkOutputs(classNames: ["a"])).dataset.root == "/elsewhere")
    }
}
