import Foundation
import Testing

/// The architecture is the list of targets: what each one knows of the others is what it imports.
@Suite("Targets import what they list, and dependencies point one way")
struct ImportDirectionTests {
    private let targets: [Manifest.Target]
    private let byName: [String: Manifest.Target]

    init() throws {
        targets = try Manifest().targets
        byName = Dictionary(targets.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Modules of the system and of the toolchain, which need no entry.
    private static let systemModules: Set = [
        "Foundation", "FoundationEssentials", "FoundationXML", "Synchronization", "Testing", "Glibc", "Swift",
        "PackageDescription",
    ]

    @Test("Package.swift lists every folder of Sources and Tests once")
    func folders() throws {
        #expect(byName.count == targets.count)
        let listed = targets.map(\.folder)
        #expect(Set(listed).count == listed.count)
        for folder in listed {
            #expect(try !Repository.files(in: folder).isEmpty, "\(folder)")
        }
        // Reference values, which all tests share.
        let goldens = "Tests/Goldens"
        for parent in ["Sources", "Tests"] {
            let missing = Set(try Repository.folders(in: parent).map { "\(parent)/\($0)" })
                .subtracting(listed + [goldens])
            #expect(missing.isEmpty, "no target has these files: \(missing.sorted())")
        }
    }

    @Test("No target imports what its entry does not list, or lists what it does not import")
    func entries() throws {
        for target in targets {
            let imports = try target.imports().subtracting(Self.systemModules)
            let unlisted = imports.subtracting(target.dependencies).sorted()
            #expect(unlisted.isEmpty, "\(target.name) imports \(unlisted) without listing them")
            var unused = Set(target.dependencies).subtracting(imports)
            if target.isTests { unused.remove("TestSupport") }
            #expect(unused.isEmpty, "\(target.name) lists \(unused.sorted()) without importing them")
            #expect(Set(target.dependencies).count == target.dependencies.count, "\(target.name) lists one twice")
        }
    }

    @Test("Dependencies form no cycles")
    func cycles() {
        for target in targets {
            #expect(!reachable(from: target.name).contains(target.name), "\(target.name) depends on itself")
        }
    }

    @Test(
        "What CONTRIBUTING.md says that targets do not know, not even through others",
        arguments: [
            ("Graphs", ["Operators"]),
            ("DetectionLosses", ["Networks", "Datasets"]),
            ("HeatmapTargets", ["Networks", "Datasets"]),
            ("PeakDecoding", ["Networks", "Datasets"]),
            ("Training", ["OneDNNBackend"]),
            ("Inference", ["OneDNNBackend"]),
            ("Networks", ["OneDNNBackend"]),
        ])
    func unknown(name: String, others: [String]) {
        #expect(byName[name] != nil)
        for other in others {
            #expect(byName[other] != nil)
            #expect(!reachable(from: name).contains(other), "\(name) depends on \(other)")
        }
    }

    @Test("CONTRIBUTING.md's map has every folder of Sources that is more than a module map, and no other")
    func map() throws {
        let text = try Repository.text("CONTRIBUTING.md")
        let section = text.components(separatedBy: "\n## ").first { $0.hasPrefix("The map\n") }
        let rows = try #require(section).matches(of: /^\| `(.+?)` \|/.anchorsMatchLineEndings()).map { String($0.1) }
        #expect(Set(rows).count == rows.count)
        let folders = try Repository.folders(in: "Sources")
        let unknown = Set(rows).subtracting(folders + ["C…"])
        #expect(unknown.isEmpty, "there is no folder for \(unknown.sorted())")
        let wrappers = try folders.filter { folder in
            try Repository.files(in: "Sources/\(folder)").contains { $0.hasSuffix("/module.modulemap") }
        }
        #expect(wrappers.allSatisfy { $0.hasPrefix("C") })
        let missing = Set(folders).subtracting(rows).subtracting(wrappers)
        #expect(missing.isEmpty, "the map lacks \(missing.sorted())")
    }

    /// The names of all that a target depends on, directly or through others.
    private func reachable(from name: String) -> Set<String> {
        var (found, open) = (Set<String>(), byName[name]?.dependencies ?? [])
        while let next = open.popLast() {
            if found.insert(next).inserted { open += byName[next]?.dependencies ?? [] }
        }
        return found
    }
}
