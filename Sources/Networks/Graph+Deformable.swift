import Graphs
import Operators

extension Graph {
    /// Adds a 3x3 deformable convolution (Zhu et al., arXiv:1811.11168) with CenterNet's names: a plain convolution predicts offsets and
    /// mask for each kernel element. That convolution is initialized to zero: no offsets, and a mask of one half.
    mutating func deformableConvolution(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int)
    ) -> Value {
        let elements = 9
        let places = add(
            "\(name).conv_offset_mask",
            Convolution(
                inputChannels: channels.from, outputChannels: 3 * elements, kernel: 3, padding: 1,
                initializer: .constant(0), biasInitializer: .constant(0)), input)
        func part(_ part: String, _ planes: Range<Int>) -> Value {
            add(
                "\(name).\(part)", Slice([Slice.Range(axis: 1, start: planes.lowerBound, end: planes.upperBound)]),
                places)
        }
        let offset = part("offset", 0..<2 * elements)
        let mask = add("\(name).mask", Sigmoid(), part("mask_logits", 2 * elements..<3 * elements))
        let convolution = DeformableConvolution(
            inputChannels: channels.from, outputChannels: channels.to, kernel: 3, padding: 1)
        return add(name, convolution, input, offset, mask)
    }

    /// Adds a transposed convolution that upsamples by `factor`, initialized to bilinear interpolation as in CenterNet.
    mutating func bilinearDeconvolution(
        _ name: String, _ input: Value, channels: Int, factor: Int, groups: Int
    ) -> Value {
        let fanIn = Double(channels / groups * 4 * factor * factor)
        return add(
            name,
            TransposedConvolution(
                inputChannels: channels, outputChannels: channels, kernel: Extent(2 * factor), stride: Extent(factor),
                padding: Extent(factor / 2), groups: groups, bias: false,
                initializer: .bilinear(bound: 1 / fanIn.squareRoot())), input)
    }
}
