import Foundation
import Testing

/// Reference values that nobody can compute again cannot be trusted, nor extended.
@Suite("Generators of the goldens")
struct GoldenGeneratorTests {
    @Test("Every golden has one generator in Tools/Goldens, and every generator's file exists")
    func generators() throws {
        let goldens = Set(
            try Repository.files(in: "Tests/Goldens").map { path in
                // The networks of a folder come from one generator.
                path.split(separator: "/").prefix(3).joined(separator: "/")
            })
        var written: [String: [String]] = [:]
        for script in try Repository.files(in: "Tools/Goldens") where script.hasSuffix(".py") {
            let head = try Repository.text(script).components(separatedBy: "\"\"\"").dropFirst().first ?? ""
            for path in Set(head.matches(of: /Tests\/Goldens\/[\w-]+(\.json)?/).map { String($0.0) }) {
                written[path, default: []].append(script)
            }
        }
        #expect(Set(written.keys).subtracting(goldens).isEmpty)
        for golden in goldens.sorted() { #expect(written[golden]?.count == 1, "\(golden): \(written[golden] ?? [])") }
    }
}
