import Tensors

/// What speaks for the target: everything below zero becomes zero.
///
/// - Parameter map: Any shape; what is not a number stays so, to be seen.
public func rectified(_ map: Tensor) -> Tensor {
    var result = map
    result.withMutableElements { elements in
        for index in elements.indices where elements[index] < 0 { elements[index] = 0 }
    }
    return result
}

/// The map between 0 and 1: `(x - min) / (1e-7 + max(x - min))`, as pytorch-grad-cam scales.
///
/// A map without spread becomes zeros, but one of tiny differences is stretched to look like any other: who shows it asks for the
/// raw map's range first. What is not a number stays so, and does not count.
///
/// - Parameter map: Any shape.
public func minMaxScaled(_ map: Tensor) -> Tensor {
    var result = map
    result.withMutableElements { minMaxScale($0) }
    return result
}

/// ``minMaxScaled(_:)`` where the numbers are.
package func minMaxScale(_ elements: UnsafeMutableBufferPointer<Float>, epsilon: Float = 1e-7) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in elements {
        low = value < low ? value : low
        high = value > high ? value : high
    }
    guard low <= high else { return }
    let divisor = epsilon + (high - low)
    for index in elements.indices { elements[index] = (elements[index] - low) / divisor }
}
