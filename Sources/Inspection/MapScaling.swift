import Tensors

/// Keeps only evidence for the target: everything below zero becomes zero.
///
/// - Parameter map: Any shape; NaN stays NaN, so that it remains visible.
public func rectified(_ map: Tensor) -> Tensor {
    var result = map
    result.withMutableElements { elements in
        for index in elements.indices where elements[index] < 0 { elements[index] = 0 }
    }
    return result
}

/// Scales a map to the range from 0 to 1: `(x - min) / (1e-7 + max(x - min))`, as pytorch-grad-cam does.
///
/// A map without spread becomes zeros, but one with tiny differences is stretched to look like any other: before showing it, check the raw
/// map's range. NaN stays NaN and does not count.
///
/// - Parameter map: Any shape.
public func minMaxScaled(_ map: Tensor) -> Tensor {
    var result = map
    result.withMutableElements { minMaxScale($0) }
    return result
}

/// ``minMaxScaled(_:)``, in place.
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
