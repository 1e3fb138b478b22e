import Foundation
import JSON
import TestSupport
import Testing

@Suite("The requested precision is used, or refused with an error message")
struct PrecisionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Whether the processor supports bfloat16, as reported by the program.
    private static let hasBFloat16 = Result { () throws -> Bool in
        let outcome = try Program.run([
            "bench", "--mode", "infer", "--size", "32", "--batch", "1", "--runs", "1", "--precisions",
        ])
        return outcome.output.contains("bfloat16")
    }

    private func evaluate(_ more: String...) throws -> Program.Outcome {
        try Program.run(
            ["evaluate", "--model", try Fixture.run.get().path, "--voc", try Fixture.shapes.get().path] + more,
            in: folder.url)
    }

    @Test("int8 requires a quantized model") func integersOfFloats() throws {
        let outcome = try evaluate("--precision", "int8")
        #expect(outcome.status == 1 && outcome.errors.contains("pinpoint quantize"), "\(outcome.errors)")
    }

    @Test("A precision that the processor lacks is refused, and automatic avoids it") func bfloat16() throws {
        let outcome = try evaluate("--precision", "bfloat16")
        if try Self.hasBFloat16.get() {
            #expect(outcome.status == 0 && outcome.errors.contains("computing in bfloat16"), "\(outcome.errors)")
        } else {
            #expect(outcome.status == 1 && outcome.errors.contains("does not compute in bfloat16"), "\(outcome.errors)")
        }
        #expect(try evaluate("--precision", "automatic").status == 0)
        #expect(try evaluate().status == 0)
    }

    @Test("The reference backend supports only float32") func reference() throws {
        let outcome = try evaluate("--backend", "reference", "--precision", "bfloat16")
        #expect(outcome.status == 64 && outcome.errors.contains("float32"), "\(outcome.errors)")
    }

    @Test("A run records its precision, and resumes with no other") func recorded() throws {
        let arguments = [
            "train", "--voc", try Fixture.shapes.get().path, "--name", "p", "--set", "input.size=64", "--set",
            "training.epochs=1",
        ]
        let outcome = try Program.run(arguments + ["--precision", "automatic"], in: folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let record = try JSONValue(parsing: String(contentsOf: folder.file("Runs/p/experiment.json"), encoding: .utf8))
        #expect(try record["training"]["precision"].string() == "automatic")
        if try Self.hasBFloat16.get() {
            let resumed = try Program.run(
                arguments + ["--resume", "--precision", "float32", "--set", "training.epochs=2"], in: folder.url)
            #expect(resumed.status == 1 && resumed.errors.contains("bfloat16"), "\(resumed.errors)")
        }
        let refused = try Program.run(arguments + ["--precision", "int8"], in: folder.url)
        #expect(refused.status == 1 && refused.errors.contains("training.precision"), "\(refused.errors)")
    }
}
