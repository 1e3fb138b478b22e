// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Warnings are errors in continuous integration, where they would go unnoticed.
let swiftSettings: [SwiftSetting] =
    Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// Whether Swift's own libraries are linked statically, which needs static versions in the toolchain (the one that reads this file):
/// finding and relocating them at every start took a third of the time before the program's first line.
let linksStatically: Bool = {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let libraries = maps.split(separator: "\n").compactMap { line in
        line.firstIndex(of: "/").map { String(line[$0...]) }
    }
    guard let own = libraries.first(where: { $0.hasSuffix("/libPackageDescription.so") }) else { return false }
    // usr/lib/swift/pm/ManifestAPI
    var folder = URL(fileURLWithPath: own)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return FileManager.default.fileExists(
        atPath: folder.appendingPathComponent("swift_static/linux/libFoundation.a").path)
}()

let staticLibraries = linksStatically ? ["-static-stdlib"] : []

/// A target for one concept. Targets depend only on those below them, so that all dependencies point one way, and list everything
/// that they import: otherwise a change below would not recompile them.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
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

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

/// The functions that `ThreadTeam` defines instead of the libraries that have them: those of GNU OpenMP that other libraries call, and
/// OpenBLAS's number of threads.
let replacedFunctions = [
    "GOMP_parallel", "GOMP_barrier", "omp_get_max_threads", "omp_get_num_threads", "omp_get_thread_num",
    "omp_in_parallel", "openblas_num_threads_env",
]

let package = Package(
    name: "pinpoint",
    products: [.executable(name: "pinpoint", targets: ["pinpoint"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .executableTarget(
            name: "pinpoint",
            dependencies: [
                "Sweeps", "ExperimentRunner", "AuditJobs", "Advice", "Benchmarks", "InspectionJobs", "Interruption",
                "Video", "Jobs", "DetectorLoading", "Experiments",
                "Quantization", "Inspection", "Visualization", "Training", "Inference", "Evaluation",
                "DetectionLosses", "DetectionHeads", "ONNX", "Networks", "WeightFiles", "DatasetChecks",
                "SyntheticData", "DatasetWriting", "Datasets", "OneDNNBackend", "Graphs", "Boxes", "Tensors", "JSON",
                argumentParser,
            ], swiftSettings: swiftSettings + [.unsafeFlags(staticLibraries)],
            linkerSettings: [.unsafeFlags(staticLibraries)]),
        module(
            "Sweeps",
            [
                "ExperimentRunner", "Interruption", "Video", "Jobs", "Experiments", "Pages", "Training", "Evaluation",
                "Visualization", "Settings", "Tensors", "JSON",
            ]),
        module(
            "ExperimentRunner",
            [
                "Interruption", "Jobs", "Experiments", "Pages", "Training", "Inference", "Evaluation", "Visualization",
                "HeatmapTargets", "DetectionHeads", "Networks", "DatasetChecks", "Datasets", "Images", "Boxes",
                "Graphs", "Tensors", "JSON",
            ]),
        module(
            "AuditJobs",
            [
                "Interruption", "Jobs", "DetectorLoading", "Experiments", "Pages", "Training", "Inference", "Auditing",
                "Evaluation", "Visualization", "Networks", "DatasetWriting", "Datasets", "Images", "Boxes", "Graphs",
                "Tensors", "JSON",
            ]),
        module(
            "Advice",
            [
                "Jobs", "Experiments", "Training", "HeatmapTargets", "DetectionLosses", "DetectionHeads", "Networks",
                "DatasetChecks",
                "Datasets", "Boxes", "Tensors", "JSON",
            ]),
        module(
            "Benchmarks",
            [
                "Video", "Jobs", "DetectorLoading", "Experiments", "Inspection", "Training", "Inference",
                "Visualization", "HeatmapTargets", "DetectionHeads", "ONNX", "Networks", "SyntheticData", "Images",
                "Boxes", "OneDNNBackend", "Operators", "Graphs", "Tensors", "JSON",
            ]),
        module(
            "InspectionJobs",
            [
                "Interruption", "Video", "Jobs", "Pages", "Inspection", "Inference", "Evaluation", "Visualization",
                "PeakDecoding",
                "HeatmapTargets", "Networks", "Datasets", "Images", "Boxes", "Graphs", "Tensors", "JSON",
            ]),
        module("Video", ["Jobs", "Images", "Tensors"]),
        module(
            "Jobs",
            [
                "Interruption", "DetectorLoading", "Experiments", "Quantization", "Training", "Inference", "Evaluation",
                "Visualization", "PeakDecoding", "HeatmapTargets", "DetectionHeads", "ONNX", "Networks", "Datasets",
                "Images", "Boxes", "Graphs", "Tensors", "JSON",
            ]),
        module(
            "DetectorLoading",
            [
                "Inference", "DetectionHeads", "ONNX", "Networks", "WeightFiles", "Datasets", "Images", "Boxes",
                "Operators", "Graphs", "Tensors", "JSON",
            ]),
        module(
            "Experiments",
            [
                "Training", "Evaluation", "Networks", "Settings", "Datasets", "Boxes", "OneDNNBackend", "Graphs",
                "Tensors", "JSON",
            ]),
        // Scripts and style sheets become part of the program, which needs no files beside it.
        .target(
            name: "Pages", dependencies: ["Visualization", "Images", "Boxes", "Tensors", "JSON"],
            resources: [.embedInCode("Resources")], swiftSettings: swiftSettings),
        module(
            "Inspection",
            [
                "Inference", "Evaluation", "PeakDecoding", "HeatmapTargets", "Boxes", "Operators", "Graphs", "Tensors",
                "JSON",
            ]),
        module(
            "Training",
            [
                "Interruption", "Inference", "Evaluation", "DetectionLosses", "HeatmapTargets", "DetectionHeads",
                "Networks",
                "Settings", "WeightFiles",
                "Datasets",
                "Images", "Boxes", "Graphs", "Tensors", "JSON",
            ]),
        module(
            "Quantization",
            ["Inference", "PeakDecoding", "DetectionHeads", "Networks", "Images", "Operators", "Graphs", "Tensors"]),
        module(
            "Inference",
            [
                "Interruption", "Evaluation", "PeakDecoding", "DetectionHeads", "Networks", "Datasets", "Images",
                "Boxes", "Graphs",
                "Tensors", "JSON",
            ]),
        module("Auditing", ["Datasets", "Evaluation", "Boxes"]),
        module("Evaluation", ["Boxes", "Tensors", "JSON"]),
        module("Visualization", ["Images", "Boxes", "Tensors", "CCairo"]),
        module("PeakDecoding", ["Boxes", "Tensors"]),
        module("DetectionLosses", ["DetectionHeads", "HeatmapTargets", "Tensors"]),
        module("HeatmapTargets", ["DetectionHeads", "Boxes", "Tensors"]),
        module("DetectionHeads", ["Boxes"]),
        module("ONNX", ["Operators", "Graphs", "Tensors", protobuf], exclude: ["Schema/onnx.proto"]),
        .target(
            name: "CIncludedWeights",
            cSettings: [.define("COMPACT_WEIGHTS", to: "\"\(Context.packageDirectory)/Data/compact.safetensors\"")]),
        module(
            "Networks",
            ["CIncludedWeights", "DetectionHeads", "WeightFiles", "Operators", "Graphs", "Boxes", "Tensors", "JSON"]),
        module("WeightFiles", ["Tensors", "JSON", "CZlib"]),
        module(
            "DatasetChecks",
            [
                "DatasetWriting", "Datasets", "Evaluation", "PeakDecoding", "HeatmapTargets", "DetectionHeads",
                "Images",
                "Boxes", "Tensors", "JSON",
            ]),
        module("SyntheticData", ["DatasetWriting", "Datasets", "Images", "Boxes", "Tensors"]),
        module("DatasetWriting", ["Interruption", "Datasets", "Images", "Boxes", "Tensors", "JSON"]),
        module("Datasets", ["Images", "Boxes", "Markup", "Tensors", "JSON", yams]),
        module("Images", ["Boxes", "Tensors", "CPNG", "CZlib", "CTurboJPEG", "CTIFF", "CWebP", "CGIF"]),
        module("Boxes"),
        module("OneDNNBackend", ["Operators", "Graphs", "Tensors", "VectorKernels", "CDNNL"]),
        .target(name: "VectorKernels"),
        module("Operators", ["Graphs", "Tensors"]),
        module("Graphs", ["Tensors"]),
        module("Tensors", ["ThreadTeam", "COpenBLAS"]),
        // Libraries find these functions in the program. The linker does not export them by default, since the libraries request a
        // symbol version.
        .target(
            name: "ThreadTeam",
            linkerSettings: [
                .unsafeFlags(replacedFunctions.flatMap { ["-Xlinker", "--export-dynamic-symbol=\($0)"] })
            ]),
        module("Settings", ["JSON"]),
        module("Markup"),
        module("Interruption", ["Tensors"]),
        module("JSON", ["CJSONC"]),
        system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"])]),
        system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CJSONC", pkgConfig: "json-c", apt: "libjson-c-dev"),
        system("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
        system("CTIFF", pkgConfig: "libtiff-4", apt: "libtiff-dev"),
        system("CWebP", pkgConfig: "libwebpdemux", apt: "libwebp-dev"),
        .systemLibrary(name: "CGIF", providers: [.apt(["libgif-dev"])]),
        system("CCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),

        .executableTarget(
            name: "convolution-table", dependencies: ["OneDNNBackend", "Operators", "Graphs", "Tensors"],
            path: "Tools/Benchmarks/ConvolutionTable", swiftSettings: swiftSettings),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "WeightFiles", "ONNX", "Datasets", "Images", "Boxes", "Tensors", "Markup", "JSON",
                "TestSupport", argumentParser,
            ],
            path: "Tools/Fuzzing", exclude: ["program.py"], swiftSettings: swiftSettings),
        .target(
            name: "TestSupport", dependencies: ["JSON", "Tensors"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .target(
            name: "OperatorCases", dependencies: ["Operators", "Graphs", "Tensors"], path: "Tests/OperatorCases",
            swiftSettings: swiftSettings),
        .target(
            name: "GoldenNetwork", dependencies: ["Operators", "Graphs", "Tensors", "JSON", "TestSupport"],
            path: "Tests/GoldenNetwork",
            swiftSettings: swiftSettings),
        .target(
            name: "DatasetFixtures", dependencies: ["Datasets", "Images", "Boxes", "JSON", "TestSupport"],
            path: "Tests/DatasetFixtures", swiftSettings: swiftSettings),
        tests("Interruption", ["Interruption"]),
        tests("Tensors", ["Tensors", "ThreadTeam"]),
        tests("Graphs", ["Operators", "Graphs", "Tensors", "JSON", "GoldenNetwork"]),
        tests("Operators", ["Operators", "Graphs", "Tensors", "JSON", "OperatorCases"]),
        tests(
            "OneDNNBackend",
            [
                "Networks", "OneDNNBackend", "VectorKernels", "Operators", "Graphs", "Tensors", "JSON", "GoldenNetwork",
                "OperatorCases",
            ]),
        tests("JSON", ["JSON", "Tensors"]),
        tests("Markup", ["Markup"], exclude: ["Files"]),
        tests("Boxes", ["Boxes", "Tensors"]),
        tests(
            "Images", ["Images", "Boxes", "Tensors", "JSON", "CTurboJPEG", "CWebP"], exclude: ["Files"]),
        tests(
            "Datasets", ["Datasets", "Images", "Boxes", "JSON", "DatasetFixtures"], exclude: ["Files"]),
        tests(
            "DatasetChecks",
            ["DatasetChecks", "Datasets", "Boxes", "JSON", "DatasetFixtures"]),
        tests("DatasetWriting", ["Interruption", "DatasetWriting", "Datasets", "Boxes", "JSON", "DatasetFixtures"]),
        tests(
            "SyntheticData",
            [
                "SyntheticData", "DatasetChecks", "Datasets", "Images", "Boxes", "Tensors", "DatasetFixtures",
            ]),
        tests("WeightFiles", ["WeightFiles", "Tensors", "JSON"], exclude: ["Files"]),
        tests(
            "Networks", ["Networks", "DetectionHeads", "WeightFiles", "Graphs", "Boxes", "Tensors"],
            exclude: ["Snapshots"]),
        tests(
            "ONNX",
            [
                "ONNX", "Networks", "OneDNNBackend", "PeakDecoding", "Boxes", "Operators", "Graphs", "Tensors", "JSON",
                "OperatorCases",
            ]),
        tests("HeatmapTargets", ["HeatmapTargets", "Boxes", "Tensors", "JSON"]),
        tests("DetectionLosses", ["DetectionLosses", "HeatmapTargets", "DetectionHeads", "Boxes", "Tensors", "JSON"]),
        tests("PeakDecoding", ["PeakDecoding", "HeatmapTargets", "Boxes", "Tensors", "JSON"]),
        tests("Visualization", ["Visualization", "Images", "Boxes", "Tensors"]),
        tests("Auditing", ["Auditing", "Datasets", "Evaluation", "Boxes"]),
        tests("Evaluation", ["Evaluation", "Boxes", "Tensors", "JSON"]),
        tests(
            "Inference",
            [
                "Interruption", "Inference", "Evaluation", "PeakDecoding", "HeatmapTargets", "Networks", "Datasets",
                "Images", "Boxes",
                "Graphs", "Tensors", "JSON",
            ]),
        tests(
            "Training",
            [
                "Interruption", "Training", "Evaluation", "DetectionLosses", "DetectionHeads", "HeatmapTargets",
                "OneDNNBackend",
                "Networks", "WeightFiles", "SyntheticData",
                "Datasets",
                "Images", "Boxes", "Graphs", "Tensors", "JSON", "GoldenNetwork",
            ]),
        tests(
            "Inspection",
            [
                "Inspection", "Evaluation", "PeakDecoding", "HeatmapTargets", "OneDNNBackend", "Operators", "Boxes",
                "Graphs", "Tensors", "JSON", "GoldenNetwork",
            ]),
        tests(
            "Quantization",
            [
                "Quantization", "Inference", "ONNX", "OneDNNBackend", "Networks", "WeightFiles", "Operators", "Graphs",
                "Images", "Tensors", "JSON",
            ]),
        tests("Pages", ["Pages", "Images", "Boxes", "Tensors", "JSON"]),
        tests(
            "InspectionJobs",
            [
                "InspectionJobs", "Video", "Jobs", "Inspection", "Inference", "PeakDecoding", "Networks", "Datasets",
                "Images", "Boxes", "Operators", "Graphs", "Tensors", "JSON",
            ]),
        tests(
            "DetectorLoading",
            ["DetectorLoading", "Inference", "ONNX", "PeakDecoding", "Images", "Boxes", "Graphs", "Tensors"]),
        tests("Video", ["Video", "Jobs", "Images"]),
        tests("Jobs", ["Jobs", "Visualization", "Datasets", "Images", "Tensors"]),
        tests("AuditJobs", ["AuditJobs", "Auditing", "Jobs", "Evaluation", "Datasets", "Images", "Boxes", "JSON"]),
        tests("Advice", ["Advice", "Experiments", "JSON"]),
        tests("Experiments", ["Experiments", "Settings", "Training", "JSON"]),
        tests(
            "Sweeps",
            ["Sweeps", "Experiments", "Interruption", "Training", "JSON", "DatasetFixtures"]),
        // The uses in the documentation catalogues.
        tests(
            "Documentation",
            [
                "Sweeps", "ExperimentRunner", "Benchmarks", "InspectionJobs", "Video", "Jobs", "DetectorLoading",
                "Experiments",
                "Pages", "Inspection", "Training", "Quantization", "Inference", "Evaluation", "Visualization",
                "PeakDecoding", "DetectionLosses", "HeatmapTargets", "DetectionHeads", "ONNX", "Networks",
                "WeightFiles", "DatasetChecks", "SyntheticData", "DatasetWriting", "Datasets", "Images", "Boxes",
                "OneDNNBackend", "Operators", "Graphs", "Interruption", "Tensors", "Settings", "JSON",
            ]),
        tests(
            "Program",
            [
                "Inference", "Visualization", "ONNX", "Networks", "WeightFiles", "Datasets", "Images", "Boxes",
                "OneDNNBackend", "Tensors", "JSON",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
