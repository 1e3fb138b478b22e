import Tensors

/// A layer as one image in colour: where its channels say the same, the colour is the same.
///
/// The positions of `[channel, row, column]` are points in the space of channels. Their places along the first three principal
/// components are red, green and blue, each stretched so that the 2nd percentile of all positions is 0 and the 98th is 1, and
/// what lies beyond is cut: a few extreme positions do not make all others alike. Where both percentiles are the same number, the
/// smallest is 0 and the largest 1.
///
/// A principal component and its opposite are equally good; here a component points so that of its shares in the channels the one
/// of the largest magnitude is positive (of equals, the first channel's). So colours do not depend on how components are found.
///
/// - Returns: `[3, row, column]` in `0...1`. A component that there is not, because the layer has too few channels or
///   positions, or no spread along it, is ½ everywhere. Nil when no position differs from another, or when something is not
///   finite.
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
    // Taking the means away leaves rounding errors, which are no spread.
    let magnitude = positions.withElements { $0.reduce(0) { max($0, abs($1)) } }
    guard largest > 1e-6 * magnitude * Float(area).squareRoot() else { return nil }

    var colors = Tensor([3, rows, columns], repeating: 0.5)
    for (component, singularValue) in components.singularValues.enumerated() where singularValue > 1e-5 * largest {
        let sign = components.sign(of: component)
        let places = (0..<area).map { sign * components.projections[$0, component] }
        let sorted = places.sorted()
        var (low, high) = (percentile(2, of: sorted), percentile(98, of: sorted))
        // Where nearly all positions are alike, the few others are all there is to see.
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
    /// The factor that makes the direction's largest share positive.
    fileprivate func sign(of component: Int) -> Float {
        var largest: Float = 0
        for column in 0..<directions.shape[1] where abs(directions[component, column]) > abs(largest) {
            largest = directions[component, column]
        }
        return largest < 0 ? -1 : 1
    }
}

/// The number below which a share of sorted numbers lies, between two of them the straight way.
private func percentile(_ percent: Double, of sorted: [Float]) -> Float {
    let place = percent / 100 * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + Float(place - Double(low)) * (sorted[high] - sorted[low])
}
