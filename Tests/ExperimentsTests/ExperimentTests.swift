import Experiments
import Foundation
import JSON
import Testing
import Training

@Suite("Experiment files")
struct ExperimentTests {
    /// Writes an experiment to a temporary file and reads it.
    private func read(_ text: String, overrides: [String] = []) throws -> Experiment {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("cells.json")
        try Data(text.utf8).write(to: file)
        return try Experiment(contentsOf: file, overrides: overrides)
    }

    private func complaint(_ text: String, overrides: [String] = []) -> String {
        do {
            _ = try read(text, overrides: overrides)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("A file changes what it names and leaves the rest at its default")
    func defaults() throws {
        let experiment = try read(
            """
            // A comment.
            {"dataset": {"root": "cells"}, "training": {"epochs": 7, "optimizer": {"kind": "adamW"}}}
            """)
        let fresh = Experiment()
        #expect(experiment.name == "cells")
        #expect(experiment.training.epochs == 7)
        #expect(experiment.training.optimizer.kind == .adamW)
        #expect(experiment.training.optimizer.beta1 == fresh.training.optimizer.beta1)
        #expect(experiment.input == fresh.input)
    }

    @Test("The complete experiment is read back as the same experiment")
    func completeness() throws {
        for kind in ["\"constant\"", "\"step\", \"milestones\": [3, 5], \"factor\": 0.2", "\"cosine\", \"final\": 0.1"]
        {
            let experiment = try read(
                """
                {"name": "a", "dataset": {"root": "/data", "classes": ["x", "y"]},
                 "training": {"learningRate": 0.003, "schedule": {"kind": \(kind)}}, "loss": {"radius": "corrected"}}
                """)
            let again = try read(experiment.json.text(pretty: true))
            #expect(again.json == experiment.json)
            #expect(again.training.schedule == experiment.training.schedule)
            #expect(again.training.targets.radius == .corrected)
        }
    }

    @Test("The learning rate is left to the number of images that a step has")
    func automaticLearningRate() throws {
        let experiment = try read(#"{"dataset": {"root": "a"}, "training": {"batchSize": 32}}"#)
        #expect(try experiment.json["training"]["learningRate"] == .null)
    }

    @Test("A misspelt key is named with its line and the nearest key")
    func misspeltKey() {
        let text = complaint(
            """
            {
              "dataset": {"root": "a"},
              "training": {
                "epoch": 3
              }
            }
            """)
        #expect(text.contains("cells.json:4: training.epoch is not a setting; did you mean training.epochs?"))
        #expect(complaint(#"{"trainning": {"epochs": 3}}"#).contains("did you mean training?"))
        #expect(complaint(#"{"input": {"epochs": 3}}"#).contains("did you mean training.epochs?"))
    }

    @Test(
        "A value of the wrong type is reported with its line, the value and the expected type",
        arguments: [
            (#"{"training": {"epochs": "many"}}"#, #"training.epochs is the text "many", but must be a whole number"#),
            (#"{"training": {"epochs": 1.5}}"#, "training.epochs is 1.5, but must be a whole number"),
            (#"{"training": 3}"#, "training is 3, but must be a section"),
            (#"{"training": {"epochs": {}}}"#, "training.epochs is a section, but must be a whole number"),
            (#"{"training": {"seed": -1}}"#, "training.seed is -1, but must be a whole number, 0 or more"),
            (
                #"{"loss": {"radius": "publishd"}}"#,
                #"loss.radius is the text "publishd", but must be one of "published", "corrected""#
            ),
            (#"{"input": {"mean": [0, "x", 1]}}"#, "input.mean is a list, but must be a list, each entry a number"),
            (#"[1]"#, "the experiment is a list, but must be a section"),
        ])
    func wrongKind(text: String, expected: String) {
        let said = complaint(text)
        #expect(said.contains("cells.json:1: \(expected)"), "\(said)")
    }

    @Test("All invalid values are reported at once")
    func impossibleValues() {
        let said = complaint(
            #"{"input": {"size": 100}, "network": {"name": "resnet"}, "training": {"epochs": 0}, "name": "a/b"}"#)
        for part in ["input.size is 100", "resnet18", "training.epochs", "dataset.root is missing", "name is \"a/b\""] {
            #expect(said.contains(part), "\(said)")
        }
    }

    @Test("Settings that do not apply are refused")
    func settingsThatDoNotApply() {
        let text = #"{"dataset": {"root": "a"}, "training": {"schedule": {"kind": "cosine", "milestones": [3]}}}"#
        #expect(complaint(text).contains("training.schedule.milestones"))
    }

    @Test("Overrides are JSON where they parse, and text otherwise")
    func overrides() throws {
        let experiment = try read(
            #"{"dataset": {"root": "a"}, "training": {"schedule": {"kind": "step", "milestones": [1]}}}"#,
            overrides: [
                "training.epochs=60", "dataset.root=/else where", "evaluation.scales=[1, 1.5]", "name=2024",
                "training.schedule.final=0.5", "training.schedule.kind=cosine", "training.epochs=61",
                #"network={"headChannels": 32}"#,
            ])
        #expect(experiment.training.epochs == 61)
        #expect(experiment.dataset.root == "/else where")
        #expect(experiment.training.prediction.scales == [1, 1.5])
        #expect(experiment.name == "2024")
        #expect(experiment.training.schedule == .cosine(final: 0.5))
        #expect(experiment.network.headChannels == 32)
    }

    @Test("Invalid overrides are refused")
    func badOverrides() {
        let text = #"{"dataset": {"root": "a"}}"#
        #expect(complaint(text, overrides: ["training.epoch=3"]).contains("--set training.epoch is not a setting"))
        #expect(complaint(text, overrides: ["training.epochs"]).contains("key=value"))
        #expect(complaint(text, overrides: ["training..epochs=3"]).contains("not a setting"))
        #expect(complaint(text, overrides: ["training.epochs=x"]).contains(#"--set training.epochs is the text "x""#))
    }

    @Test("A relative root is looked up in the current folder, then beside the file's folder")
    func roots() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
        let data = folder.appendingPathComponent("Data/Cells")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let experiments = folder.appendingPathComponent("Experiments")
        try FileManager.default.createDirectory(at: experiments, withIntermediateDirectories: true)
        let file = experiments.appendingPathComponent("cells.json")
        try Data(#"{"dataset": {"root": "Data/Cells"}}"#.utf8).write(to: file)
        #expect(try Experiment(contentsOf: file).dataset.root == data.path)
        try Data(#"{"dataset": {"root": "Data/Elsewhere"}}"#.utf8).write(to: file)
        #expect(try Experiment(contentsOf: file).dataset.root == "Data/Elsewhere")
    }
}
