import Graphs
import OneDNNBackend
import Operators
import Tensors

// Times 3x3 convolutions with Winograd's algorithm and directly, forward and both gradients, and prints a table: the data behind the fast
// backend's rule on shapes.

/// The convolution of one row of the table.
struct Problem {
    let batch, channels, side: Int
}

/// Returns the median seconds of the operations of the convolution `c`, by direction.
func seconds(_ problem: Problem, _ algorithm: ConvolutionAlgorithm, mode: ProgramMode) throws -> [String: Double] {
    var graph = Graph()
    let image = graph.input("image")
    // A layer with parameters before the convolution, so that the gradient with respect to its input is computed.
    let before = graph.add("before", BatchNormalization(channels: problem.channels), image)
    let convolution = Convolution(
        inputChannels: problem.channels, outputChannels: problem.channels, kernel: 3, padding: 1, bias: false)
    let after = graph.add("after", BatchNormalization(channels: problem.channels), graph.add("c", convolution, before))
    graph.output("result", after)
    let shape = [problem.batch, problem.channels, problem.side, problem.side]
    let program = try OneDNNBackend(algorithm: algorithm).compile(
        graph, parameters: ParameterStore(for: graph, seed: 1), inputs: ["image": shape], mode: mode)
    var random = SeededGenerator(1)
    let noise = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-1, 1)) })
    _ = try program.forward(["image": noise])
    if mode.hasGradients { try program.backward(["result": noise]) }
    guard let program = program as? any ProfiledProgram else { return [:] }
    var runs: [String: [Double]] = [:]
    for _ in 0..<11 {
        var sums: [String: Double] = [:]
        // The whole cost of a pass: reorders of values and weights are part of it.
        for timing in try program.profile() where timing.node == "c" && timing.phase != .preparation {
            let direction =
                timing.kernel.hasSuffix("(weights)") ? "weights" : timing.phase == .forward ? "forward" : "data"
            sums[direction, default: 0] += timing.seconds
        }
        for (direction, sum) in sums { runs[direction, default: []].append(sum) }
    }
    return runs.mapValues { $0.sorted()[$0.count / 2] }
}

print("direct / Winograd: above 1 Winograd is faster\n")
print("| batch | channels | side | cells | inference | forward | data | weights |")
print("|---|---|---|---|---|---|---|---|")
for batch in [1, 8] {
    for channels in [16, 32, 64, 128, 256, 512] {
        for side in [4, 8, 16, 32, 64, 128] where channels * side <= 8192 && batch * side * side * channels <= 1 << 22 {
            let problem = Problem(batch: batch, channels: channels, side: side)
            var cells: [String] = []
            for mode in [ProgramMode.inference, .training] {
                let (direct, winograd) = (
                    try seconds(problem, .direct, mode: mode), try seconds(problem, .winograd, mode: mode)
                )
                for direction in mode == .training ? ["forward", "data", "weights"] : ["forward"] {
                    guard let slow = direct[direction], let fast = winograd[direction] else { continue }
                    let hundredths = Int((slow / fast * 100).rounded())
                    cells.append("\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)")
                }
            }
            print(
                "| \(batch) | \(channels) | \(side) | \(batch * side * side) | " + cells.joined(separator: " | ") + " |"
            )
        }
    }
}
