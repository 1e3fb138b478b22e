import Graphs

extension OneDNNProgram: ProfiledProgram {
    func profile() throws -> [OperationTiming] {
        // What the last pass left there may have made room for other numbers.
        for memory in visited {
            for index in 0..<memory.layout.floatCount { memory.pointer[index] = Float(index % 17) / 8 - 1 }
        }
        let phases: [(OperationTiming.Phase, [Operation])] = [
            (.preparation, compiler.preparation), (.forward, compiler.forward), (.backward, compiler.backward),
        ]
        return try phases.flatMap { phase, operations in
            try operations.map { operation in
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
