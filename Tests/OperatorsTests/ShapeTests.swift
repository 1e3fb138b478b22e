import Graphs
import Operators
import Testing

@Suite struct ShapeTests {
    static let mistakes: [(any Operator, [[Int]], String)] = [
        (Convolution(inputChannels: 3, outputChannels: 4, kernel: 3), [[1, 5, 8, 8]], "3 channels were expected"),
        (Convolution(inputChannels: 3, outputChannels: 4, kernel: 9), [[1, 3, 8, 8]], "a 9x9 kernel does not fit"),
        (Convolution(inputChannels: 3, outputChannels: 4, kernel: 3), [[3, 8, 8]], "[3, 8, 8]"),
        (BatchNormalization(channels: 2), [[1, 3, 2, 2]], "2 channels were expected"),
        (MaxPooling(kernel: 3, stride: 2), [[1, 1, 2, 2]], "a 3x3 kernel does not fit"),
        (Add(), [[1, 2], [3, 1, 3]], "[1, 2] and [3, 1, 3] differ"),
        (Multiply(), [[3], [2]], "differ"),
        (Concatenate(), [[1, 2, 3, 4], [1, 2, 3, 5]], "differ in more than axis 1"),
        (Linear(inputFeatures: 4, outputFeatures: 2), [[2, 5]], "4 features per input were expected"),
        (GlobalAveragePooling(), [[1, 2, 0, 3]], "[1, 2, 0, 3]"),
        (Where(), [[2], [3], [1]], "[2] and [3] and [1] differ"),
        (PReLU(slopeShape: [3]), [[2, 1]], "[3] do not broadcast to [2, 1]"),
        (Softmax(axis: 2), [[2, 3]], "no axis 2 in the shape [2, 3]"),
        (LogSoftmax(axis: 0), [[]], "no axis 0"),
        (Softmax(axis: 0), [[0, 3]], "[0, 3] has no elements"),
        (Reduction(.max, axes: [1, 3], keepsAxes: true), [[2, 3]], "no axis 3"),
        (Reduction(.sum, axes: [], keepsAxes: true), [[1 << 40, 1 << 40]], "has more than"),
        (ArgumentOfMaximum(axis: 4, keepsAxis: true), [[2, 3]], "no axis 4"),
        (MatrixMultiplication(), [[2, 3], [4, 2]], "[2, 3] and columns of [4, 2] differ in length"),
        (MatrixMultiplication(), [[2, 3, 4], [3, 4, 5]], "[2] and [3] differ"),
        (MatrixMultiplication(), [[], [3]], "a scalar is not a matrix"),
        (MatrixMultiplication(), [[1 << 20, 1], [1, 1 << 20]], "has more than"),
        (InstanceNormalization(channels: 3), [[1, 2, 5, 5]], "3 channels were expected"),
        (GroupNormalization(groups: 2, channels: 4), [[4]], "4 channels were expected"),
        (LayerNormalization(shape: [3, 4]), [[2, 4]], "the last axes of [2, 4] are not [3, 4]"),
        (LocalResponseNormalization(size: 3), [[5]], "no channels"),
        (Correlation(groups: 2), [[1, 4, 5, 5], [2, 4, 3, 3]], "[2, 4, 3, 3] in 2 groups"),
        (Correlation(), [[1, 4, 5, 5], [2, 4, 3, 3], [3]], "a bias of shape [3]"),
        (Correlation(), [[1, 1, 5, 5], [1, 1, 6, 5]], "a 6x5 kernel does not fit"),
        (
            TransposedConvolution(inputChannels: 1, outputChannels: 1, kernel: 2, stride: 2, outputPadding: 2),
            [[1, 1, 2, 2]], "output padding"
        ),
    ]

    @Test(arguments: mistakes.indices) func mistakesAreSentences(index: Int) {
        let (kernel, inputs, words) = Self.mistakes[index]
        expectRefusal(by: kernel, of: inputs, saying: words)
    }

    @Test func arithmeticIsCounted() {
        let convolution = Convolution(
            inputChannels: 64, outputChannels: 128, kernel: 3, stride: 2, padding: 1, groups: 2)
        #expect(convolution.multiplyAdds(inputs: [[2, 64, 8, 8]], output: [2, 128, 4, 4]) == 2 * 128 * 16 * 32 * 9)
        let transposed = TransposedConvolution(inputChannels: 8, outputChannels: 4, kernel: 4, stride: 2, padding: 1)
        #expect(transposed.multiplyAdds(inputs: [[1, 8, 3, 5]], output: [1, 4, 6, 10]) == 8 * 15 * 4 * 16)
        #expect(Linear(inputFeatures: 6, outputFeatures: 4).multiplyAdds(inputs: [[3, 6]], output: [3, 4]) == 72)
    }
}

/// Expects that an operator rejects inputs of these shapes with an error that contains these words.
func expectRefusal(
    by kernel: any Operator, of inputs: [[Int]], saying words: String, at location: SourceLocation = #_sourceLocation
) {
    do {
        let shape = try kernel.outputShape(inputs)
        Issue.record("\(kernel.kind) accepted \(inputs) and returned \(shape)", sourceLocation: location)
    } catch {
        #expect(error.description.contains(words), "\(error)", sourceLocation: location)
    }
}
