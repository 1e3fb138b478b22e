import Graphs

extension OneDNNProgram: ProfiledProgram {
    func profile() throws -> [OperationTiming] {
        let inputs = graph.nodes.indices.filter { graph.nodes[$0].operator == nil }
            .compactMap { compiler.slots[$0].memory }
        let phases: [(OperationTiming.Phase, [Memory], [Operation])] = [
            (.preparation, [], compiler.preparation), (.forward, inputs, compiler.forward),
            (.backward, seeds.map(\.memory), compiler.backward),
        ]
        return try phases.flatMap { phase, given, operations in
            // The inputs of the last pass may have been overwritten, since their memory is reused.
            for memory in given {
                for index in 0..<memory.layout.floatCount { memory.pointer[index] = Float(index % 17) / 8 - 1 }
            }
            return try operations.map { operation in
                let began = ContinuousClock.now
                try operation.run()
                try wait()
                return OperationTiming(
                    node: graph.nodes[operation.node].name, phase: phase, kernel: operation.kernel,
                    seconds: (ContinuousClock.now - began) / .seconds(1))
            }
        }
    }
}
