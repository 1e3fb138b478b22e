import Foundation
import JSON
import Tensors
import TestSupport
import Testing

/// README.md is what users copy commands from.
@Suite("The commands of README.md")
struct ReadmeTests {
    /// How a command is tried.
    enum Trial {
        /// It is run as it is, with some arguments added that make it short.
        case runs(adding: [String] = [])
        /// It is only compared with the program's help, for this reason.
        case cannotRun(because: String)
    }

    private static let small = ["--set", "training.epochs=1", "--set", "input.size=64"]
    private static let once = ["--runs", "1"]
    private static let published = Trial.cannotRun(because: "it reads published weights")
    private static let foreign = Trial.cannotRun(because: "it reads a detector of another program")
    private static let cells = Trial.cannotRun(because: "its data set is on another server, and it trains for minutes")

    /// Every command of README.md, in its order: some read what those before them write.
    static let trials: KeyValuePairs<String, Trial> = [
        "data check path/to/VOC": .runs(),
        "data preview --voc path/to/VOC": .runs(),
        "train --voc path/to/VOC --name cells": .runs(adding: small),
        "evaluate --model Runs/cells": .runs(),
        "demo photo.jpg more/ --model Runs/cells --output out": .runs(),
        "heatmap photo.jpg --model Runs/cells --output out": .runs(),
        "data synthesize Runs/shapes-data --count 40 --size 128": .runs(),
        "run Experiments/shapes.json --name short --set training.epochs=4": .runs(adding: small),
        "run Experiments/shapes.json --print": .runs(),
        "train --voc Data/Shapes --name mine --set training.epochs=2 --set input.size=128": .runs(adding: small),
        "train --voc Data/Shapes --name mine --set training.epochs=4 --set input.size=128 --resume":
            .runs(adding: ["--set", "training.epochs=2", "--set", "input.size=64"]),
        "train --from Runs/shapes --name further --set training.epochs=10 --set training.learningRate=0.0005":
            .runs(adding: small),
        "sweep Experiments/shapes.json --name rates --vary training.learningRate=0.001,0.002 --folds 2":
            .runs(adding: small),
        "evaluate --model Runs/shapes --json": .runs(),
        "evaluate --model Runs/shapes --voc Data/Shapes --split val --flip --output Runs/found": .runs(),
        "evaluate --detections Runs/found/detections.json --voc Data/Shapes --split val": .runs(),
        "demo Data/Shapes/JPEGImages --model Runs/shapes --output Runs/boxes --threshold 0.4 --top 20": .runs(),
        "demo Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/paper --format pdf": .runs(),
        "heatmap Data/Shapes/JPEGImages --model Runs/shapes --output Runs/maps": .runs(),
        "layers --model Runs/shapes": .runs(),
        "layers --network resnet18 --classes 3 --size 256 --json": .runs(),
        "data check Data/Shapes --size 128": .runs(),
        "data advise Data/Shapes --output Runs/advised.json --minutes 10": .runs(),
        "data convert Data/Shapes Runs/shapes-coco --to coco": .runs(),
        "data preview Experiments/shapes.json --count 16 --output Runs/preview": .runs(),
        "data synthesize Runs/more --count 60 --size 128 --seed 7": .runs(),
        "data synthesize Runs/scenes-data --scenes --count 2400 --size 256": .runs(
            adding: ["--count", "8", "--size", "64"]),
        "data audit --model Runs/shapes --output Runs/audit": .runs(),
        "bench --mode train --network compact --classes 3 --size 256 --batch 8": .runs(adding: once),
        "bench --mode infer --network resnet18 --size 512 --batch 1 --layers": .runs(adding: once),
        "bench --mode data --voc Data/Shapes --size 256 --batch 8": .runs(adding: once),
        "bench --mode demo --model Runs/shapes --json": .runs(adding: once),
        "bench --mode infer --network resnet18 --size 512 --batch 1 --backend reference": .runs(adding: once),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --html Runs/inspector.html": .runs(),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/why": .runs(),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/why --detection 0 --method grad-cam,hires-cam --layer backbone.layer*":
            .runs(),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/why --detection 0 --quantity lengths":
            .runs(),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/why --target heatmap,0,12,20":
            .runs(),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/layers --features all": .runs(),
        "inspect Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes --output Runs/steps --decode": .runs(),
        "inspect Data/Shapes/JPEGImages --model Runs/shapes --output Runs/followed --class circle --frames 20": .runs(),
        "inspect --score --model Runs/shapes --method layer-cam,grad-cam --layer backbone.layer3":
            .runs(adding: ["--limit", "2"]),
        "weights Runs/shapes/weights/best.safetensors": .runs(),
        "weights resnet18.pth --network resnet18": published,
        "convert ctdet_coco_resdcn18.pth --network resdcn18 --classes coco --output coco.safetensors": published,
        "convert multi_pose_dla_3x.pth --network dla34 --classes person --keypoints coco --output people.safetensors":
            published,
        "convert coco.safetensors --names published --output theirs.safetensors": published,
        "train --voc path/to/VOC --set network.name=resnet18 --pretrained resnet18.pth --freeze backbone.conv1 --freeze backbone.layer1.**":
            published,
        "export --model Runs/shapes --onnx Runs/shapes.onnx": .runs(),
        "export --model Runs/shapes --onnx Runs/shapes-boxes.onnx --dynamic --fold --decode": .runs(),
        "layers --onnx Runs/shapes.onnx": .runs(),
        "layers --onnx model.onnx --input x.npy --outputs out": .runs(),
        "demo Data/Shapes/JPEGImages/000003.jpg --model Runs/shapes.onnx --output Runs/boxes": .runs(),
        "demo photo.jpg --model centerface.onnx --decoder centerface --output out": foreign,
        "heatmap photo.jpg --model yolov8n.onnx --output out": foreign,
        "inspect photo.jpg --model yolov8n.onnx --detection 0 --output out": foreign,
        "inspect photo.jpg --model resnet50.onnx --target output,207 --layer /layer4/** --output out": foreign,
        "train --voc path/to/VOC --precision bfloat16":
            .cannotRun(because: "not every processor computes in bfloat16"),
        "demo photo.jpg --model Runs/cells --output out --precision float32": .runs(),
        "bench --mode infer --network resnet18 --size 512 --batch 1 --precisions": .runs(adding: once),
        "quantize --model Runs/shapes --output Runs/shapes-int8.safetensors": .runs(),
        "demo Data/Shapes/JPEGImages --model Runs/shapes-int8.safetensors --output Runs/boxes": .runs(),
        "export --model Runs/shapes-int8.safetensors --onnx Runs/shapes-int8.onnx": .runs(),
        "data synthesize Runs/figures-data --keypoints --count 400": .runs(adding: ["--count", "16"]),
        "run Experiments/figures.json": .runs(adding: small),
        "data synthesize Runs/points-data --points --count 60 --size 128": .runs(adding: ["--count", "16"]),
        "train --voc Runs/points-data --name points --set input.size=128": .runs(adding: small),
        "run Experiments/bccd.json --set dataset.root=BCCD_Dataset/BCCD": cells,
        "run Experiments/bccd-resnet18.json --set dataset.root=BCCD_Dataset/BCCD": cells,
    ]

    @Test("Each command is in the table of trials, and the table has no others")
    func table() throws {
        let (commands, table) = (try ReadmeCommand.all().map(\.text), Self.trials.map(\.key))
        let (missing, gone) = (Set(commands).subtracting(table), Set(table).subtracting(commands))
        #expect(missing.isEmpty, "decide how these are tried: \(missing.sorted())")
        #expect(gone.isEmpty, "README.md no longer has these: \(gone.sorted())")
        #expect(Set(table).count == table.count)
    }

    @Test("The program knows each command and its options")
    func options() throws {
        for command in try ReadmeCommand.all() {
            let known = try Self.options(of: command.name)
            for option in command.options {
                #expect(known.contains(option), "'\(option)' is unknown: pinpoint \(command.text)")
            }
        }
    }

    @Test("Every option that the text names is one of some command")
    func optionsInText() throws {
        var known: Set<String> = []
        for name in Set(try ReadmeCommand.all().map(\.name)) { known.formUnion(try Self.options(of: name)) }
        let named = Set(try Repository.text("README.md").matches(of: /`(--[a-z][a-z0-9-]*)/).map { String($0.1) })
        #expect(named.count > 20)
        #expect(named.subtracting(known).isEmpty, "\(named.subtracting(known).sorted())")
    }

    @Test("Run in their order, the commands succeed and write what they name")
    func run() throws {
        let folder = try Self.scratchFolder()
        let trials = Dictionary(Self.trials.map { ($0.key, $0.value) }) { first, _ in first }
        for command in try ReadmeCommand.all() {
            guard case .runs(let added)? = trials[command.text] else { continue }
            let outcome = try Program.run(command.arguments + added, in: folder.url)
            #expect(outcome.status == 0, "pinpoint \(command.text): \(outcome.errors)")
            for (option, path) in zip(command.arguments, command.arguments.dropFirst()) {
                guard ["--output", "--outputs", "--html", "--onnx"].contains(option) else { continue }
                let exists = FileManager.default.fileExists(atPath: folder.file(path).path)
                #expect(exists, "pinpoint \(command.text) did not write \(path)")
            }
        }
    }

    /// A folder with all that the commands read: a copy of what `Tools/quickstart` leaves, and files for README.md's placeholders.
    private static func scratchFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["Runs", "path/to", "more"] {
            try FileManager.default.createDirectory(at: folder.file(name), withIntermediateDirectories: true)
        }
        let (shapes, onnx) = (Repository.file("Data/Shapes"), Golden.file("onnx"))
        for (source, name) in [
            (Repository.file("Data"), "Data"), (Repository.file("Experiments"), "Experiments"),
            (try Fixture.shapesRun.get(), "Runs/shapes"), (shapes, "path/to/VOC"),
            (shapes.appendingPathComponent("JPEGImages/000003.jpg"), "photo.jpg"),
            (shapes.appendingPathComponent("JPEGImages/000004.jpg"), "more/photo.jpg"),
            (onnx.appendingPathComponent("styled.onnx"), "model.onnx"),
        ] { try FileManager.default.copyItem(at: source, to: folder.file(name)) }
        let inputs = try JSONValue(contentsOf: onnx.appendingPathComponent("styled.json"))["inputs"]
        try inputs["x"].tensor().npyData().write(to: folder.file("x.npy"))
        return folder
    }

    /// Returns the options that the help of a command lists, as `--model`.
    private static func options(of name: [String]) throws -> Set<String> {
        let outcome = try Program.run(name + ["--help"])
        let usage = "\nUSAGE: pinpoint \(name.joined(separator: " ")) "
        try #require(outcome.status == 0 && outcome.output.contains(usage), "there is no command 'pinpoint \(name)'")
        // "  -h, --help     Show help information.": the names end at two blanks.
        let names = outcome.output.split(separator: "\n").filter { $0.hasPrefix("  -") }.map { line in
            line.dropFirst(2).prefix(upTo: line.dropFirst(2).firstRange(of: "  ")?.lowerBound ?? line.endIndex)
        }
        return Set(names.flatMap { $0.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) } })
    }
}
