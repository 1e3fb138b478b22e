import Foundation
import JSON
import TestSupport
import Testing

@Suite("Audits and advice")
struct AuditTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String], status: Int32 = 0) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == status, "\(outcome.errors)")
        return outcome
    }

    private func ranking(_ path: String) throws -> [JSONValue] {
        try JSONValue(contentsOf: folder.file("\(path)/suspects.json"))["suspects"].array()
    }

    /// The images of a VOC folder with its annotations, as copies that may be changed.
    private func copyOfShapes() throws -> URL {
        let copy = folder.file("shapes")
        try FileManager.default.copyItem(at: Repository.file("Data/Shapes"), to: copy)
        return copy
    }

    @Test("A renamed object is among the first suspects")
    func renamed() throws {
        let data = try copyOfShapes()
        let file = data.appendingPathComponent("Annotations/000003.xml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let name = try #require(text.firstMatch(of: /<name>([a-z]+)<\/name>/))
        let other = name.1 == "circle" ? "triangle" : "circle"
        try text.replacingOccurrences(of: "<name>\(name.1)</name>", with: "<name>\(other)</name>")
            .write(to: file, atomically: true, encoding: .utf8)
        let model = try Fixture.shapesRun.get().path
        let outcome = try run(["data", "audit", data.path, "--model", model, "--output", "out"])
        let ranking = try ranking("out")
        let place = try #require(
            try ranking.firstIndex { try $0["image"].string() == "000003" && $0["kind"].string() != "missing" })
        #expect(place < ranking.count / 10, "\(place) of \(ranking.count)")
        #expect(outcome.output.contains("out/audit.html"))
        for name in ["out/audit.html", "out/suspects.csv", "out/Annotations/000003.xml"] {
            #expect(FileManager.default.fileExists(atPath: folder.file(name).path), "\(name)")
        }
    }

    @Test("With folds every annotated object is ranked once, and a second call takes the trained networks")
    func folds() throws {
        let data = try Fixture.shapes.get().path
        let command = ["data", "audit", "--model", try Fixture.run.get().path, "--folds", "2", "--output", "out"]
        let first = try run(command)
        let ranking = try ranking("out")
        let check = try JSONValue(parsing: try run(["data", "check", data, "--json"]).output)
        let annotated = try ranking.filter { try $0["kind"].string() != "missing" }
        #expect(try annotated.count == check["summary"]["objects"].integer())
        let keys = try annotated.map { try "\($0["image"].string()) \($0["object"].integer())" }
        #expect(Set(keys).count == keys.count)
        #expect(try ranking.map { try $0["rank"].integer() } == Array(1...ranking.count))
        let epochs = { (errors: String) in errors.split(separator: "\n").count { $0.hasPrefix("epoch ") } }
        #expect(epochs(first.errors) == 4)
        // Annotations may have been corrected in the folder.
        try folder.write("corrected", to: "out/Annotations/mine.xml")
        #expect(try run(command, status: 1).errors.contains("out/Annotations has annotations already"))
        let again = try run(command + ["--replace"])
        #expect(epochs(again.errors) == 0)
        #expect(try self.ranking("out") == ranking)
    }

    @Test("What an audit refuses")
    func refusals() throws {
        let model = try Fixture.run.get()
        let weights = folder.file("alone.safetensors")
        try FileManager.default.copyItem(at: model.appendingPathComponent("weights/best.safetensors"), to: weights)
        let shapes = try Fixture.shapes.get().path
        let alone = ["data", "audit", shapes, "--model", weights.path, "--output", "out"]
        #expect(try run(alone + ["--folds", "2"], status: 1).errors.contains("is not in a run folder"))
        #expect(
            try run(["data", "audit", "--model", weights.path], status: 1).errors.contains("does not name a data set"))
        #expect(try run(alone + ["--folds", "1"], status: 64).errors.contains("--folds must be from 2 to 100"))
        let many = ["data", "audit", shapes, "--model", model.path, "--folds", "99", "--output", "out"]
        #expect(try run(many, status: 1).errors.contains("99 folds need at least 99 different images"))
    }

    @Test("Advice is an experiment file that runs, and is the same every time")
    func advice() throws {
        let shapes = try Fixture.shapes.get().path
        let outcome = try run(["data", "advise", shapes, "--output", "shapes.json"])
        #expect(outcome.output.contains("input.size = 128\n"))
        #expect(outcome.output.contains("on this machine"))
        let printed = try JSONValue(parsing: try run(["run", "shapes.json", "--print"]).output)
        #expect(try printed["input"]["size"].integer() == 128)
        #expect(try printed["training"]["batchSize"].integer() == 4)
        let epochs = try printed["training"]["epochs"].integer()
        _ = try run(["data", "advise", shapes, "--output", "again.json"])
        let again = try JSONValue(parsing: try run(["run", "again.json", "--print"]).output)
        #expect(try again["training"]["epochs"].integer() == epochs)
        _ = try run(["data", "advise", shapes, "--output", "short.json", "--minutes", "0.0001"])
        let short = try JSONValue(parsing: try run(["run", "short.json", "--print"]).output)
        #expect(try short["training"]["epochs"].integer() == 1)
    }

    @Test("Advice replaces no file of the data set")
    func adviceApart() throws {
        let data = try copyOfShapes()
        let file = data.appendingPathComponent("Annotations/000003.xml")
        let before = try Data(contentsOf: file)
        let outcome = try run(["data", "advise", data.path, "--output", file.path], status: 1)
        #expect(outcome.errors.contains("are the same file"))
        #expect(try Data(contentsOf: file) == before)
    }

    @Test("A training without settings says which it takes, one with any of them takes the defaults")
    func training() throws {
        let shapes = try Fixture.shapes.get().path
        let small = ["--set", "network.headChannels=8", "--set", "training.freeze=[\"backbone\"]"]
        // Refused: the data set is not read for advice.
        try folder.write("kept", to: "Runs/a/log.jsonl")
        let refused = try run(["train", "--data", shapes, "--name", "a"], status: 1)
        #expect(refused.errors.contains("there is a run") && !refused.errors.contains("suit this data set"))
        let given = try run(
            ["train", "--data", shapes, "--name", "b", "--set", "training.epochs=1", "--set", "input.size=64"] + small)
        #expect(!given.errors.contains("suit this data set"))
        #expect(given.errors.contains("8 images per step"))
        let child = try Program.Child(["train", "--data", shapes, "--name", "c"] + small, in: folder.url)
        while child.isRunning && !child.errors.contains("images per step") { usleep(10_000) }
        child.send(SIGINT)
        let chosen = try child.wait()
        #expect(chosen.status == 130)
        #expect(
            chosen.errors.contains(
                "input.size=128, training.epochs=150, training.batchSize=4, loss.size=giou suit this data set"))
        #expect(chosen.errors.contains("for 150 epochs") && chosen.errors.contains("4 images per step"))
    }
}
