import Images
import Tensors

/// One step of augmentation: it changes where images and their objects lie in the network's input, or the colours of what was drawn.
///
/// A training sample is made by an ordered list of transforms, ``AugmentationConfiguration/transforms``. First each may place images in
/// the input, then the images are drawn, once, then each may change colours; targets are rendered at the end, from the objects where they
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

    /// Changes the colours of what was drawn.
    ///
    /// - Parameter meanGray: The mean grey value of the drawn input, in `0...1`.
    func recolor(_ colors: inout ColorTransform, meanGray: Float, random: inout SeededGenerator)
}

extension SampleTransform {
    /// Most transforms place nothing, or
    public func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {}

    /// change no colours.
    public func recolor(_ colors: inout ColorTransform, meanGray: Float, random: inout SeededGenerator) {}
}
