import Testing

@Suite("Help and usage")
struct HelpTests {
    @Test("The main help screen")
    func overview() throws {
        let outcome = try Program.run(["--help"])
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                OVERVIEW: Train, run and explain CenterNet object detectors.

                CenterNet detects objects as peaks in a heatmap. Training takes annotated
                images; the results are boxes and heatmaps.
                Exit codes: 0 success, 1 failure, 64 wrong usage, 130 Ctrl-C, 143 SIGTERM.

                USAGE: pinpoint <subcommand>

                OPTIONS:
                  --version               Show the version.
                  -h, --help              Show help information.

                SUBCOMMANDS:
                  run                     Run a whole experiment: train, evaluate, and draw
                                          boxes and heatmaps.
                  train                   Train a detector on a folder of annotated images.
                  sweep                   Train an experiment with several settings, seeds and
                                          folds, and rank them.
                  evaluate                Evaluate a model, or a file of detections, on
                                          annotated images.
                  demo                    Detect objects in images and draw them.
                  heatmap                 Draw and save the centre heatmaps of images.
                  inspect                 Explain a network's detections and show its layers.
                  layers                  List a network's layers: operator, output shape,
                                          parameters, multiply-adds.
                  export                  Export a network as an ONNX file.
                  quantize                Quantize a model to 8-bit integers.
                  weights                 List the tensors of a weights file, or check how they
                                          fit a network.
                  convert                 Convert weights from another program into a model, or
                                          a model into weights for another program.
                  data                    Check, audit, convert, preview and create data sets.
                  bench                   Time a training step, a forward pass, data loading, a
                                          whole demo, or explanations.
                  settings                List all settings of an experiment with their types,
                                          ranges and defaults.

                  See 'pinpoint help <subcommand>' for detailed help.

                """)
    }

    @Test(
        "The usage line of every command",
        arguments: [
            "run [<options>] [<experiment>]", "sweep [<options>] [<experiment>]",
            "train [<experiment>] [--data <folder>] [--from <run>] [--name <name>] [--set <key=value> ...] [--pretrained <path>] [--freeze <pattern> ...] [--precision <precision>] [--resume] [--replace] [--threads <threads>]",
            "evaluate <options>", "demo [<options>] <images> ... --model <path>",
            "heatmap [<options>] <images> ... --model <path>",
            "layers <options>",
            "export --onnx <file> [--model <path>] [--network <network>] [--classes <classes>] [--size <size>] "
                + "[--dynamic-batch] [--dynamic-size] [--dynamic] [--fold] [--decode] [--top <top>] [--json]",
            "quantize [<options>] --model <path> --output <file>",
            "data check <folder> [--fix <folder>] [--size <size>] [--objects <objects>] [--annotations-only] [--strict] [--json]",
            "data audit [<data>] --model <path> [--split <split>] [--folds <folds>] [--output <folder>] [--replace] "
                + "[--backend <backend>] [--algorithm <algorithm>] [--precision <precision>] [--threads <threads>]",
            "data advise <data> [--output <file>] [--minutes <minutes>] [--threads <threads>]",
            "data convert <source> <folder> --to <format> [--link]",
            "data preview [<experiment>] [--data <folder>] [--from <run>] [--name <name>] [--set <key=value> ...] [--output <folder>] "
                + "[--count <count>] [--epoch <epoch>] [--plain] [--kinds] [--format <format>]",
            "data synthesize <folder> [--count <count>] [--size <size>] [--seed <seed>] [--keypoints] [--scenes] "
                + "[--classes <classes>] [--points]",
            "bench <options>",
        ])
    func usage(line: String) throws {
        let command = line.split(separator: " ").prefix { $0.allSatisfy(\.isLetter) }.map(String.init)
        let outcome = try Program.run(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").contains { $0 == "USAGE: pinpoint \(line)" })
    }

    @Test(
        "Wrong usage exits with code 64",
        arguments: [
            ["fly"], ["run"], ["demo", "--model", "x"], ["demo", "x.png"], ["bench", "--mode", "sleep"],
            ["bench", "--size", "100"], ["bench", "--threads", "0"], ["bench", "--voc", "x"],
            ["bench", "--mode", "data", "--layers"], ["bench", "--model", "x"],
            ["demo", "x.png", "--model", "y", "--threshold", "2"],
            ["evaluate", "--model", "a", "--detections", "b"], ["evaluate", "--detections", "b"],
            ["demo", "x.png", "--model", "y", "--scales", "1,0"], ["layers"], ["data", "check"],
            ["export", "--onnx", "x"], ["export", "--model", "x"],
            ["export", "--onnx", "x", "--model", "y", "--top", "9"],
            ["export", "--onnx", "x", "--network", "hourglass-small", "--size", "96"],
            ["layers", "--network", "hourglass-small", "--size", "96"],
            ["layers", "--network", "compact", "--size", "64x100"], ["bench", "--size", "64x"],
            ["data", "check", "x", "--size", "0x64"],
            ["bench", "--network", "hourglass-small", "--size", "96"],
            ["demo", "x.png", "--model", "y", "--format", "gif"],
            ["data", "synthesize", "x", "--keypoints", "--points"], ["data", "check", "x", "--objects", "lines"],
            ["inspect", "x.png", "--model", "y", "--html", "z", "--format", "pdf"],
            ["data", "synthesize", "x", "--scenes", "--keypoints"], ["data", "synthesize", "x", "--classes", "9"],
            ["data", "synthesize", "x", "--scenes", "--classes", "81"],
            ["sweep", "x.json"], ["sweep", "x.json", "--folds", "1"], ["sweep", "x.json", "--folds", "3", "--halving"],
            ["train", "x.json", "--from", "Runs/x"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Usage:"), "\(outcome.errors)")
    }
}
