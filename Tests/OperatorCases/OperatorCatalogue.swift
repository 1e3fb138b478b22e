import Graphs
import Operators

/// All operators, with the cases that test them against their definition.
public enum OperatorCatalogue {
    /// All operators; tests and backends ignore operators that are not in this list.
    public static let operators: [any Operator.Type] =
        [
            Convolution.self, TransposedConvolution.self, DeformableConvolution.self, BatchNormalization.self,
            ReLU.self, Sigmoid.self, MaxPooling.self, AveragePooling.self, GlobalAveragePooling.self, Add.self,
            Multiply.self, Concatenate.self, NearestUpsampling.self, BilinearUpsampling.self, Linear.self,
        ] + movingOperators + arithmeticOperators + quantizingOperators

    /// The cases: odd and non-square extents, strides, groups, batches larger than one, single channels.
    public static let cases: [OperatorCase] =
        convolutions + transposedConvolutions + deformableConvolutions + others + movements + arithmeticCases
        + quantizingCases

    private static let convolutions: [OperatorCase] = [
        OperatorCase(
            "3x3 padded", Convolution(inputChannels: 3, outputChannels: 4, kernel: 3, padding: 1), [[2, 3, 5, 7]]),
        OperatorCase(
            "7x7 stride 2",
            Convolution(inputChannels: 2, outputChannels: 3, kernel: 7, stride: 2, padding: 3, bias: false),
            [[2, 2, 9, 11]]),
        OperatorCase(
            "pointwise", Convolution(inputChannels: 5, outputChannels: 3, kernel: 1), [[3, 5, 4, 3]]),
        OperatorCase(
            "pointwise stride 2", Convolution(inputChannels: 4, outputChannels: 2, kernel: 1, stride: 2, bias: false),
            [[2, 4, 5, 7]]),
        OperatorCase(
            "groups and dilation",
            Convolution(inputChannels: 4, outputChannels: 6, kernel: 3, padding: 2, dilation: 2, groups: 2),
            [[2, 4, 7, 5]]),
        OperatorCase(
            "depthwise", Convolution(inputChannels: 5, outputChannels: 5, kernel: 3, stride: 2, padding: 1, groups: 5),
            [[2, 5, 6, 7]]),
        OperatorCase(
            "uneven kernel, stride and padding",
            Convolution(
                inputChannels: 1, outputChannels: 2, kernel: Extent(2, 5), stride: Extent(3, 1), padding: Extent(1, 2)),
            [[1, 1, 8, 6]]),
        OperatorCase(
            "kernel wider than the map", Convolution(inputChannels: 2, outputChannels: 2, kernel: 5, padding: 2),
            [[1, 2, 1, 2]]),
    ]

    private static let transposedConvolutions: [OperatorCase] = [
        OperatorCase(
            "4x4 stride 2",
            TransposedConvolution(inputChannels: 3, outputChannels: 2, kernel: 4, stride: 2, padding: 1, bias: false),
            [[2, 3, 3, 5]]),
        OperatorCase(
            "groups, dilation and output padding",
            TransposedConvolution(
                inputChannels: 4, outputChannels: 6, kernel: 3, stride: 3, padding: 1, outputPadding: 2, dilation: 2,
                groups: 2), [[2, 4, 3, 2]]),
        OperatorCase(
            "one channel", TransposedConvolution(inputChannels: 1, outputChannels: 1, kernel: 2), [[1, 1, 4, 3]]),
    ]

    private static let deformableConvolutions: [OperatorCase] = [
        OperatorCase(
            "3x3 with a mask", DeformableConvolution(inputChannels: 3, outputChannels: 4, kernel: 3, padding: 1),
            [[2, 3, 5, 4], [2, 18, 5, 4], [2, 9, 5, 4]], values: [.usual, .betweenCells]),
        OperatorCase(
            "uneven, without a mask",
            DeformableConvolution(
                inputChannels: 2, outputChannels: 3, kernel: Extent(2, 3), stride: Extent(2, 1),
                padding: Extent(0, 2), dilation: Extent(1, 2), bias: false),
            [[2, 2, 7, 5], [2, 12, 3, 5]], values: [.usual, .betweenCells]),
        OperatorCase(
            "groups", DeformableConvolution(inputChannels: 4, outputChannels: 6, kernel: 2, groups: 2, offsetGroups: 4),
            [[1, 4, 4, 3], [1, 32, 3, 2], [1, 16, 3, 2]], values: [.usual, .betweenCells]),
    ]

    private static let others: [OperatorCase] = [
        OperatorCase("", BatchNormalization(channels: 3), [[4, 3, 5, 3]], modes: [.training, .inspection]),
        OperatorCase("one channel", BatchNormalization(channels: 1), [[2, 1, 7, 5]], modes: [.training, .inspection]),
        OperatorCase("", ReLU(), [[2, 3, 5, 4]]),
        OperatorCase("any shape", ReLU(), [[7]]),
        OperatorCase("", Sigmoid(), [[2, 3, 5, 4]]),
        OperatorCase("any shape", Sigmoid(), [[3, 5]]),
        OperatorCase("3x3 stride 2", MaxPooling(kernel: 3, stride: 2, padding: 1), [[2, 3, 7, 9]]),
        OperatorCase("uneven", MaxPooling(kernel: Extent(2, 3), stride: Extent(1, 2)), [[1, 2, 5, 8]]),
        OperatorCase("3x3 stride 1", MaxPooling(kernel: 3, stride: 1, padding: 1), [[1, 1, 4, 6]]),
        OperatorCase("2x2", AveragePooling(kernel: 2, stride: 2), [[2, 3, 5, 7]]),
        OperatorCase("padded", AveragePooling(kernel: Extent(3, 2), stride: Extent(2, 1), padding: 1), [[2, 1, 6, 5]]),
        OperatorCase("", GlobalAveragePooling(), [[2, 3, 5, 7]]),
        OperatorCase("one cell", GlobalAveragePooling(), [[1, 4, 1, 1]]),
        OperatorCase("", Add(), [[2, 3, 5, 4], [2, 3, 5, 4]]),
        OperatorCase("any shape", Add(), [[5], [5]]),
        OperatorCase("", Multiply(), [[2, 3, 5, 4], [2, 3, 5, 4]]),
        OperatorCase("any shape", Multiply(), [[5], [5]]),
        OperatorCase("three", Concatenate(), [[2, 3, 5, 4], [2, 1, 5, 4], [2, 2, 5, 4]]),
        OperatorCase("alone", Concatenate(), [[1, 2, 3, 3]]),
        OperatorCase("by 2", NearestUpsampling(scale: 2), [[2, 3, 5, 3]]),
        OperatorCase("by 3", NearestUpsampling(scale: 3), [[1, 1, 2, 4]]),
        OperatorCase("by 2", BilinearUpsampling(scale: 2), [[2, 3, 5, 3]]),
        OperatorCase("by 4", BilinearUpsampling(scale: 4), [[1, 2, 1, 3]]),
        OperatorCase("", Linear(inputFeatures: 6, outputFeatures: 4), [[3, 6]]),
        OperatorCase("of a pooled map", Linear(inputFeatures: 5, outputFeatures: 2, bias: false), [[2, 5, 1, 1]]),
    ]
}
