import Tensors

/// Renders a layer as one colour image: positions with similar channels get similar colours.
///
/// The positions of `[channel, row, column]` are points in channel space. Their coordinates along the first three principal components are
/// red, green and blue, each stretched so that the 2nd percentile of all positions is 0 and the 98th is 1, and clipped beyond, so that a
/// few extreme positions do not make all others alike. Where both percentiles are equal, the minimum is 0 and the maximum 1.
///
/// A principal component and its opposite are equally valid; here the sign is chosen so that the component's entry of the largest magnitude
/// is positive (of equals, the first channel's). So colours do not depend on how components are found.
///
/// - Returns: `[3, row, column]` in `0...1`. A component that does not exist, because the layer has too few channels or positions, or no
///   spread along it, is ½ everywhere. Nil when all positions are equal, or when a value is not finite.
public func principalComponentColors(_ activation: Tensor) -> Tensor? {
    activation.requireActivation()
    let (channels, rows, columns) = (activation.shape[0], activation.shape[1], activation.shape[2])
    let area = rows * columns
    var positions = Tensor([area, channels])
    activation.withElements { source in
        positions.withMutableElements { target in
            for channel in 0..<channels {
                for position in 0..<area { target[position * channels + channel] = source[channel * area + position] }
            }
        }
    }
    guard let components = PrincipalComponents(of: positions, count: 3), let largest = components.singularValues.first
    else { return nil }
    // Subtracting the means leaves rounding errors, which must not count as spread.
    let magnitude = positions.withElements { $0.reduce(0) { max($0, abs($1)) } }
    guard largest > 1e-6 * magnitude * Float(area).squareRoot() else { return nil }

    var colors = Tensor([3, rows, columns], repeating: 0.5)
    for (component, singularValue) in components.singularValues.enumerated() where singularValue > 1e-5 * largest {
        let sign = components.sign(of: component)
        let places = (0..<area).map { sign * components.projections[$0, component] }
        let sorted = places.sorted()
        var (low, high) = (percentile(2, of: sorted), percentile(98, of: sorted))
        // Where nearly all positions are alike, stretch over the full range so that the few others are visible.
        if high <= low { (low, high) = (percentile(0, of: sorted), percentile(100, of: sorted)) }
        guard high > low else { continue }
        colors.withMutableElements { target in
            for (position, place) in places.enumerated() {
                target[component * area + position] = max(0, min(1, (place - low) / (high - low)))
            }
        }
    }
    return colors
}

extension PrincipalComponents {
    /// The sign that makes the direction's largest entry positive.
    fileprivate func sign(of component: Int) -> Float {
        var largest: Float = 0
        for column in 0..<directions.shape[1] where abs(directions[component, column]) > abs(largest) {
            largest = directions[component, column]
        }
        return largest < 0 ? -1 : 1
    }
}

/// A percentile of sorted numbers, with linear interpolation.
private func percentile(_ percent: Double, of sorted: [Float]) -> Float {
    let place = percent / 100 * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + Float(place - Double(low)) * (sorted[high] - sorted[low])
}
