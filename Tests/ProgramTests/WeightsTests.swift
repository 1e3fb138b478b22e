import Boxes
import Datasets
import Foundation
import JSON
import Networks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite("Weights of other programs")
struct WeightsTests {
    private let folder: TemporaryFolder
    private let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("WeightFilesTests/Files")

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    @Test func listing() throws {
        let file = files.appendingPathComponent("checkpoint.pth").path
        let text = try run(["weights", file]).output
        #expect(text.contains("conv.weight  2 x 3 x 4"), "\(text)")
        #expect(text.contains("19 tensors with 114 values; PyTorch, under state_dict > module"), "\(text)")
        let json = try JSONValue(parsing: try run(["weights", file, "--json"]).output)
        #expect(try json["tensors"].array()[1]["shape"].integers() == [3])
    }

    @Test func programsInFilesAreNotRun() throws {
        let outcome = try Program.run(["weights", files.appendingPathComponent("module.pth").path])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("asks to call torch.nn.modules.container.Sequential, which is refused"))
    }

    @Test func filesThatAreNoModelsSayWhatToDo() throws {
        let file = files.appendingPathComponent("checkpoint.pth").path
        let outcome = try Program.run(["layers", "--model", file])
        #expect(
            outcome.status == 1 && outcome.errors.contains("`pinpoint convert` makes a model of it"),
            "\(outcome.errors)")
    }

    @Test func aDetectorThereAndBack() throws {
        let model = try Model(
            network: NetworkConfiguration(name: "resnet18", classCount: 2, headChannels: 8),
            classNames: ["cat", "dog"], inputSize: 64, seed: 3)
        try model.save(to: folder.file("ours.safetensors"))
        let out = try run(["convert", "ours.safetensors", "--names", "published", "--output", "theirs.safetensors"])
        #expect(
            out.output.contains("127 tensors with CenterNet's names, for BGR images, written to theirs.safetensors"))
        try folder.write("cat\ndog\n", to: "names.txt")
        let match = try run(["weights", "theirs.safetensors", "--network", "resnet18", "--classes", "2"]).output
        #expect(match.contains("127 of 127"), "\(match)")
        _ = try run([
            "convert", "theirs.safetensors", "--network", "resnet18", "--classes", "names.txt", "--size", "64",
            "--output",
            "back.safetensors",
        ])
        let back = try Model.load(folder.file("back.safetensors"))
        #expect(back.classNames == ["cat", "dog"] && back.inputSize == 64)
        for entry in model.parameters.entries { #expect(back.parameters[entry.name] == model.parameters[entry.name]) }
        let few = try Program.run(
            ["convert", "theirs.safetensors", "--network", "resnet18", "--classes", "coco", "--output", "x"],
            in: folder.url)
        #expect(few.status == 1 && few.errors.contains("is not for the network 'resnet18'"), "\(few.errors)")
    }

    @Test func aDetectorOfKeypointsThereAndBack() throws {
        let model = try Model(
            network: NetworkConfiguration(name: "resnet18", classCount: 1, headChannels: 8, keypointCount: 17),
            classNames: ["person"], skeleton: KeypointNameList.coco, inputSize: 64, seed: 3)
        try model.save(to: folder.file("ours.safetensors"))
        _ = try run(["convert", "ours.safetensors", "--names", "published", "--output", "theirs.safetensors", "--json"])
        let back = [
            "convert", "theirs.safetensors", "--network", "resnet18", "--classes", "person", "--output",
            "back.safetensors",
        ]
        _ = try run(back + ["--keypoints", "coco", "--mean", "0,0,0", "--std", "1,1,1"])
        let found = try Model.load(folder.file("back.safetensors"))
        #expect(found.skeleton == KeypointNameList.coco && found.mean == [0, 0, 0])
        for entry in model.parameters.entries { #expect(found.parameters[entry.name] == model.parameters[entry.name]) }
        let wrong = try Program.run(back + ["--keypoints", "head,head"], in: folder.url)
        #expect(wrong.status == 1 && wrong.errors.contains("names a keypoint twice"), "\(wrong.errors)")
    }

    @Test("Training from pretrained weights, some of them frozen")
    func fineTuning() throws {
        let (voc, trained) = (try Fixture.shapes.get().path, try Fixture.run.get())
        let start = try Model.load(trained)
        let settings = Fixture.tinySettings + ["--set", "training.epochs=1"]
        let fineTuning = ["--pretrained", trained.path, "--freeze", "backbone", "--freeze", "upsampler.lateral*"]
        let outcome = try run(["train", "--voc", voc, "--name", "tuned"] + settings + fineTuning)
        #expect(outcome.errors.contains("132 of 132 parameters of the network 'compact'"), "\(outcome.errors)")
        #expect(outcome.errors.contains("of them frozen"), "\(outcome.errors)")
        let tuned = try Model.load(folder.file("Runs/tuned"))
        for entry in start.parameters.entries {
            let isFrozen = entry.name.hasPrefix("backbone.") || entry.name.hasPrefix("upsampler.lateral")
            #expect((tuned.parameters[entry.name] == start.parameters[entry.name]) == isFrozen, "\(entry.name)")
        }
        let experiment = try JSONValue(contentsOf: folder.file("Runs/tuned/experiment.json"))
        #expect(try experiment["network"]["pretrained"].string() == trained.path)
        #expect(try experiment["training"]["freeze"].strings() == ["backbone", "upsampler.lateral*"])
        // Resuming ignores the pretrained weights, and requires the same frozen parameters.
        let resumed = try Program.run(
            ["train", "--voc", voc, "--name", "tuned", "--resume"] + settings + ["--pretrained", trained.path],
            in: folder.url)
        #expect(resumed.status == 1 && resumed.errors.contains("freeze was"), "\(resumed.errors)")
        let wrong = try Program.run(
            ["train", "--voc", voc, "--name", "wrong", "--set", "network.name=resnet18", "--pretrained", trained.path]
                + settings, in: folder.url)
        #expect(wrong.status == 1 && wrong.errors.contains("does not fit the network 'resnet18'"), "\(wrong.errors)")
    }

    @Test(
        arguments: [
            ["weights"], ["convert", "x", "--output", "y"], ["convert", "x", "--names", "published"],
            ["convert", "x", "--network", "compact", "--classes", "a", "--names", "published", "--output", "y"],
            [
                "convert", "x", "--network", "compact", "--classes", "a", "--mean", "1,1", "--std", "1,1,1",
                "--output", "y",
            ],
        ])
    func wrongUsage(arguments: [String]) throws { #expect(try Program.run(arguments).status == 64) }
}
