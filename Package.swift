// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors where nobody looks at them: on a continuous-integration machine.
let swiftSettings: [SwiftSetting] =
    Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// One concept a target; each lists only what stands below it, so the arrows of the map point one way.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies + ["TestSupport"], exclude: exclude,
        swiftSettings: swiftSettings)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "pinpoint",
    products: [.executable(name: "pinpoint", targets: ["pinpoint"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")],
    targets: [
        .executableTarget(
            name: "pinpoint",
            dependencies: [
                "ExperimentRunner", "Inference", "Datasets", "Visualization", "Evaluation", "Networks", "Images",
                "OneDNNBackend", "JSON",
                argumentParser,
            ],
            swiftSettings: swiftSettings),
        module(
            "ExperimentRunner",
            [
                "Training", "Inference", "Evaluation", "Visualization", "PeakDecoding", "Networks", "Datasets",
                "Images", "OneDNNBackend", "JSON",
            ]),
        module(
            "Training",
            [
                "Inference", "Evaluation", "DetectionLosses", "HeatmapTargets", "Networks", "Datasets", "Images",
                "JSON",
            ]),
        module("Inference", ["Evaluation", "PeakDecoding", "Networks", "Datasets", "Images", "Boxes"]),
        module("Evaluation", ["Boxes", "JSON"]),
        module("Visualization", ["CCairo", "Images", "Boxes", "Tensors"]),
        module("PeakDecoding", ["Boxes", "Tensors"]),
        module("DetectionLosses", ["HeatmapTargets", "Tensors"]),
        module("HeatmapTargets", ["Boxes", "Tensors"]),
        module("Networks", ["Operators", "JSON"]),
        module("Datasets", ["Images", "Boxes", "HeatmapTargets", "PeakDecoding", "Evaluation", "JSON"]),
        module("Images", ["CPNG", "CTurboJPEG", "Boxes", "Tensors"]),
        module("Boxes"),
        module("OneDNNBackend", ["CDNNL", "Operators"]),
        module("Operators", ["Graphs"]),
        module("Graphs", ["Tensors"]),
        module("Tensors", ["COpenBLAS"]),
        module("JSON", ["CJSONC"]),
        system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"])]),
        system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        system("CJSONC", pkgConfig: "json-c", apt: "libjson-c-dev"),
        system("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
        system("CCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),

        .target(
            name: "TestSupport", dependencies: ["JSON", "Tensors"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .target(
            name: "GoldenNetwork", dependencies: ["TestSupport", "Operators"], path: "Tests/GoldenNetwork",
            swiftSettings: swiftSettings),
        tests("Tensors", ["Tensors"]),
        tests("Graphs", ["GoldenNetwork"]),
        tests("Operators", ["Operators"]),
        tests("OneDNNBackend", ["OneDNNBackend", "GoldenNetwork", "Networks"]),
        tests("JSON", ["JSON"]),
        tests("Boxes", ["Boxes"]),
        tests("Images", ["Images"]),
        tests("Datasets", ["Datasets"]),
        tests("Networks", ["Networks"], exclude: ["Snapshots"]),
        tests("HeatmapTargets", ["HeatmapTargets"]),
        tests("DetectionLosses", ["DetectionLosses"]),
        tests("PeakDecoding", ["PeakDecoding", "HeatmapTargets"]),
        tests("Visualization", ["Visualization"]),
        tests("Evaluation", ["Evaluation"]),
        tests("Inference", ["Inference"]),
        tests("Training", ["Training", "GoldenNetwork"]),
        tests("ExperimentRunner", ["ExperimentRunner"]),
        tests("Program", ["ExperimentRunner", "Datasets", "Images", "Networks", "JSON"]),
    ],
    swiftLanguageModes: [.v6]
)
