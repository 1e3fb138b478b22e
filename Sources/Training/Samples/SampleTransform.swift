import Images
import Tensors

/// One step of augmentation: it changes where images and their objects lie in the network's input, the pixels that were drawn, or their
/// colours.
///
/// A training sample is made by an ordered list of transforms, ``AugmentationConfiguration/transforms``. First each may place images in
/// the input, then the images are drawn, once, then each may change pixels, then colours; targets are rendered at the end, from the objects where they
/// then lie. Every random number comes from the generator that is handed over, so that a sample is the same whichever thread makes it;
/// numbers are drawn in a fixed order.
///
///     struct Rotation: SampleTransform {
///         let degrees: Double
///         func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
///             for index in draft.parts.indices { draft.parts[index].view.angle += random.uniform(-degrees, degrees) * .pi / 180 }
///         }
///     }
public protocol SampleTransform: Sendable {
    /// Changes where images lie in the input, or adds other images of the training set.
    ///
    /// - Throws: ``ImageError`` when an image that it adds cannot be read.
    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) throws(ImageError)

    /// Changes the pixels that were drawn, before their colours.
    ///
    /// - Parameters:
    ///   - input: `[3, row, column]`, red, green and blue in `0...1`.
    ///   - meanGray: Their mean grey value, in `0...1`.
    func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator)

    /// Changes the colours of what was drawn.
    ///
    /// - Parameter meanGray: The mean grey value of the drawn input, in `0...1`.
    func recolor(_ colors: inout ColorTransform, meanGray: Float, random: inout SeededGenerator)
}

extension SampleTransform {
    /// Most transforms place nothing,
    public func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {}

    /// change no pixels, or
    public func retouch(_ input: TensorView, meanGray: Float, random: inout SeededGenerator) {}

    /// change no colours.
    public func recolor(_ colors: inout ColorTransform, meanGray: Float, random: inout SeededGenerator) {}
}
