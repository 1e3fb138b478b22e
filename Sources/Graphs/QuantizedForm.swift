/// Whole numbers with a factor for each place along an axis: what a parameter's numbers are made of once it was quantized.
///
///     number = integer · scale[place]
///
/// A store keeps the numbers themselves, so every kernel computes with them as with any others; this says how they can be had as
/// integers: by files, which keep these, and by kernels that multiply them.
public struct QuantizedForm: Hashable, Sendable {
    /// The range that the integers keep to.
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
    /// The axis along which each place has its own factor.
    public let axis: Int
    /// The factors, all above zero.
    public let scales: [Float]

    /// A form from its parts.
    public init(_ width: Width, axis: Int = 0, scales: [Float]) {
        precondition(scales.allSatisfy { $0 > 0 && $0.isFinite }, "scales that are not above zero")
        self.width = width
        self.axis = axis
        self.scales = scales
    }

    /// Whether it says something about numbers of this shape.
    public func fits(_ shape: [Int]) -> Bool { shape.indices.contains(axis) && shape[axis] == scales.count }

    /// The place along the axis that an element of a shape has, from the element's position.
    ///
    /// - Parameter shape: One that it fits.
    public func places(in shape: [Int]) -> (_ element: Int) -> Int {
        let (inner, extent) = (shape[(axis + 1)...].reduce(1, *), shape[axis])
        return { $0 / inner % extent }
    }
}

extension ParameterStore {
    /// The integers that a parameter's numbers are made of, in their order, with the factors; nil where it was not quantized, or where
    /// its numbers have changed since, as a training changes them.
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
