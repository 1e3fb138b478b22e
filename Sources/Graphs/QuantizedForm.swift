/// The integer form of a quantized parameter: integers with one scale for each position along an axis.
///
///     number = integer · scale[place]
///
/// A store keeps the float values, so every kernel can use them as usual. The form tells how to get the integers, for files, which store
/// these, and for kernels that multiply them.
public struct QuantizedForm: Hashable, Sendable {
    /// The integers' range.
    public enum Width: Hashable, Sendable {
        /// -128 to 127: weights.
        case eight
        /// -2³¹ to 2³¹ - 1: biases.
        case thirtyTwo

        /// The lowest and the highest integer.
        public var range: ClosedRange<Double> {
            switch self {
            case .eight: -128...127
            case .thirtyTwo: Double(Int32.min)...Double(Int32.max)
            }
        }
    }

    /// The range of the integers.
    public let width: Width
    /// The axis along which each position has its own scale.
    public let axis: Int
    /// The scales, all above zero.
    public let scales: [Float]

    /// Creates a form from its parts.
    public init(_ width: Width, axis: Int = 0, scales: [Float]) {
        precondition(scales.allSatisfy { $0 > 0 && $0.isFinite }, "scales must be positive and finite")
        self.width = width
        self.axis = axis
        self.scales = scales
    }

    /// Returns whether the form applies to a shape.
    public func fits(_ shape: [Int]) -> Bool { shape.indices.contains(axis) && shape[axis] == scales.count }

    /// Returns the position along the axis of an element, given the element's offset.
    ///
    /// - Parameter shape: A shape that the form fits.
    public func places(in shape: [Int]) -> (_ element: Int) -> Int {
        let (inner, extent) = (shape[(axis + 1)...].reduce(1, *), shape[axis])
        return { $0 / inner % extent }
    }
}

extension ParameterStore {
    /// Returns the integers of a parameter, in order, with their form; nil if it was not quantized, or if its values have changed since,
    /// for example by training.
    public func integers(of name: String) -> (values: [Int32], form: QuantizedForm)? {
        guard let form = quantizedForm(of: name), let entry = entry(name) else { return nil }
        let (place, elements) = (form.places(in: entry.declaration.shape), entry.value.elements)
        var values: [Int32] = []
        values.reserveCapacity(elements.count)
        for (index, number) in elements.enumerated() {
            let scale = form.scales[place(index)]
            let integer = (Double(number) / Double(scale)).rounded()
            guard form.width.range.contains(integer), Float(integer) * scale == number else { return nil }
            values.append(Int32(integer))
        }
        return (values, form)
    }
}
