import Graphs
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

/// Values against plain loops that follow the definition and use no matrix products or bands.
@Suite struct DefinitionTests {
    private func run(_ example: OperatorCase, mode: ProgramMode = .inference) throws -> (
        inputs: [Tensor], store: ParameterStore, output: Tensor
    ) {
        let store = ParameterStore(for: example.graph, seed: 8)
        let program = try ReferenceBackend().compile(
            example.graph, parameters: store, inputs: example.inputShapes, mode: mode)
        let inputs = example.randomInputs(seed: 21)
        let output = try #require(try program.forward(inputs)["output"])
        return (try example.inputs.indices.map { try #require(inputs["input\($0)"]) }, store, output)
    }

    static let convolutions =
        OperatorCatalogue.cases.filter { $0.operator is Convolution } + [
            // Large enough for several bands of rows and several parts of the channels.
            OperatorCase(
                "many bands", Convolution(inputChannels: 64, outputChannels: 5, kernel: 3, padding: 1),
                [[1, 64, 70, 65]]),
            OperatorCase(
                "many bands, stride 2",
                Convolution(inputChannels: 40, outputChannels: 4, kernel: 5, stride: 2, padding: 2, groups: 2),
                [[2, 40, 67, 90]]),
        ]

    @Test(arguments: convolutions) func convolution(example: OperatorCase) throws {
        let convolution = try #require(example.operator as? Convolution)
        let (inputs, store, output) = try run(example)
        let (input, weight) = (inputs[0], try #require(store["node.weight"]))
        let bias = store["node.bias"]
        var expected = Tensor(output.shape)
        let (perGroup, outPerGroup) = (weight.shape[1], weight.shape[0] / convolution.groups)
        for n in 0..<output.shape[0] {
            for k in 0..<output.shape[1] {
                for y in 0..<output.shape[2] {
                    for x in 0..<output.shape[3] {
                        var sum = Double(bias?[k] ?? 0)
                        for c in 0..<perGroup {
                            for i in 0..<convolution.kernel.rows {
                                for j in 0..<convolution.kernel.columns {
                                    let row =
                                        y * convolution.stride.rows + i * convolution.dilation.rows
                                        - convolution.padding.rows
                                    let column =
                                        x * convolution.stride.columns + j * convolution.dilation.columns
                                        - convolution.padding.columns
                                    guard (0..<input.shape[2]).contains(row), (0..<input.shape[3]).contains(column)
                                    else { continue }
                                    sum +=
                                        Double(weight[k, c, i, j])
                                        * Double(input[n, k / outPerGroup * perGroup + c, row, column])
                                }
                            }
                        }
                        expected[n, k, y, x] = Float(sum)
                    }
                }
            }
        }
        #expect(relativeDifference(output, expected) < 1e-5)
    }

    static let transposed =
        OperatorCatalogue.cases.filter { $0.operator is TransposedConvolution } + [
            OperatorCase(
                "many bands",
                TransposedConvolution(inputChannels: 3, outputChannels: 24, kernel: 4, stride: 2, padding: 1),
                [[1, 3, 60, 70]])
        ]

    @Test(arguments: transposed) func transposedConvolution(example: OperatorCase) throws {
        let convolution = try #require(example.operator as? TransposedConvolution)
        let (inputs, store, output) = try run(example)
        let (input, weight) = (inputs[0], try #require(store["node.weight"]))
        var expected = Tensor(output.shape)
        let (inPerGroup, perGroup) = (weight.shape[0] / convolution.groups, weight.shape[1])
        for n in 0..<input.shape[0] {
            for c in 0..<input.shape[1] {
                for y in 0..<input.shape[2] {
                    for x in 0..<input.shape[3] {
                        for k in 0..<perGroup {
                            for i in 0..<convolution.kernel.rows {
                                for j in 0..<convolution.kernel.columns {
                                    let row =
                                        y * convolution.stride.rows + i * convolution.dilation.rows
                                        - convolution.padding.rows
                                    let column =
                                        x * convolution.stride.columns + j * convolution.dilation.columns
                                        - convolution.padding.columns
                                    guard (0..<output.shape[2]).contains(row), (0..<output.shape[3]).contains(column)
                                    else { continue }
                                    expected[n, c / inPerGroup * perGroup + k, row, column] +=
                                        weight[c, k, i, j] * input[n, c, y, x]
                                }
                            }
                        }
                    }
                }
            }
        }
        if let bias = store["node.bias"] {
            for n in 0..<output.shape[0] {
                for k in 0..<output.shape[1] {
                    for y in 0..<output.shape[2] {
                        for x in 0..<output.shape[3] { expected[n, k, y, x] += bias[k] }
                    }
                }
            }
        }
        #expect(relativeDifference(output, expected) < 1e-5)
    }

    @Test(arguments: OperatorCatalogue.cases.filter { $0.operator is MaxPooling || $0.operator is AveragePooling })
    func pooling(example: OperatorCase) throws {
        let (inputs, _, output) = try run(example)
        let maximum = example.operator as? MaxPooling
        let average = example.operator as? AveragePooling
        let kernel = try #require(maximum?.kernel ?? average?.kernel)
        let stride = try #require(maximum?.stride ?? average?.stride)
        let padding = try #require(maximum?.padding ?? average?.padding)
        let paddingEnd = try #require(maximum?.paddingEnd ?? average?.paddingEnd)
        let dilation = try #require(maximum?.dilation ?? average?.dilation)
        let (rows, columns) = (inputs[0].shape[2], inputs[0].shape[3])
        var expected = Tensor(output.shape)
        for n in 0..<output.shape[0] {
            for c in 0..<output.shape[1] {
                for y in 0..<output.shape[2] {
                    for x in 0..<output.shape[3] {
                        var values: [Float] = []
                        var paddingCount = 0
                        for i in 0..<kernel.rows {
                            for j in 0..<kernel.columns {
                                let row = y * stride.rows + i * dilation.rows - padding.rows
                                let column = x * stride.columns + j * dilation.columns - padding.columns
                                if (0..<rows).contains(row) && (0..<columns).contains(column) {
                                    values.append(inputs[0][n, c, row, column])
                                } else if row < rows + paddingEnd.rows && column < columns + paddingEnd.columns {
                                    paddingCount += 1
                                }
                            }
                        }
                        if maximum != nil {
                            expected[n, c, y, x] = values.max() ?? -.infinity
                        } else {
                            let count = values.count + (average?.countsPadding == true ? paddingCount : 0)
                            expected[n, c, y, x] = values.reduce(0, +) / Float(max(1, count))
                        }
                    }
                }
            }
        }
        // The difference of infinities is NaN.
        let isSame = zip(output.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-6 || $0 == $1 }
        #expect(output.shape == expected.shape && isSame)
    }

    @Test func upsamplingKeepsWhatItShould() throws {
        // Between the outermost cell centres, a linear ramp stays a linear ramp.
        var graph = Graph()
        let image = graph.input("image")
        graph.output("linear", graph.add("linear", BilinearUpsampling(scale: 4), image))
        graph.output("nearest", graph.add("nearest", NearestUpsampling(scale: 4), image))
        let program = try ReferenceBackend().compile(
            graph, parameters: ParameterStore(for: graph, seed: 0), inputs: ["image": [1, 1, 3, 5]], mode: .inference)
        let ramp = Tensor([1, 1, 3, 5], elements: (0..<15).map { Float($0 / 5 * 10 + $0 % 5) })
        let outputs = try program.forward(["image": ramp])
        let (linear, nearest) = (try #require(outputs["linear"]), try #require(outputs["nearest"]))
        for row in 0..<12 {
            for column in 0..<20 {
                let y = min(max((Float(row) + 0.5) / 4 - 0.5, 0), 2)
                let x = min(max((Float(column) + 0.5) / 4 - 0.5, 0), 4)
                #expect(abs(linear[0, 0, row, column] - (10 * y + x)) < 1e-5)
                #expect(nearest[0, 0, row, column] == ramp[0, 0, row / 4, column / 4])
            }
        }
    }

    @Test func runningStatisticsMoveByTheMomentum() throws {
        let example = OperatorCase("", BatchNormalization(channels: 2, momentum: 0.25), [[2, 2, 1, 2]])
        let store = ParameterStore(for: example.graph, seed: 0)
        let program = try ReferenceBackend().compile(
            example.graph, parameters: store, inputs: example.inputShapes, mode: .training)
        // Channel 0 holds 1 2 3 4, channel 1 holds 7 four times.
        _ = try program.forward(["input0": Tensor([2, 2, 1, 2], elements: [1, 2, 7, 7, 3, 4, 7, 7])])
        #expect(store["node.running_mean"]?.elements == [0.25 * 2.5, 0.25 * 7])
        let variances = try #require(store["node.running_var"]?.elements)
        #expect(abs(variances[0] - (0.75 + 0.25 * 5 / 3)) < 1e-6)
        #expect(variances[1] == 0.75)
    }

    @Test func notANumberIsNeverHidden() throws {
        for example in OperatorCatalogue.cases where example.operator is ReLU || example.operator is MaxPooling {
            let program = try ReferenceBackend().compile(
                example.graph, parameters: ParameterStore(for: example.graph, seed: 0), inputs: example.inputShapes,
                mode: .inference)
            let output = try program.forward(["input0": Tensor(example.inputs[0], repeating: .nan)])
            #expect(try #require(output["output"]).elements.allSatisfy(\.isNaN), "\(example)")
        }
    }
}
