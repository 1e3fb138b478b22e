import Benchmarks
import Networks
import Testing

extension CatalogueUses {
    @Test func benchmarks() throws {
        var benchmark = Benchmark(NetworkConfiguration(name: "compact", classCount: 1))
        benchmark.mode = .infer
        benchmark.inputSize = 64
        benchmark.batchSize = 1
        benchmark.runs = 1
        let report = try benchmark.run()
        #expect(!report.text.isEmpty)
    }
}
