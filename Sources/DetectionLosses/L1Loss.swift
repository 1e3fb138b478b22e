import HeatmapTargets
import Tensors

/// The L1 loss of a regression head at the places of a batch where it is learned ("Objects as Points", equations 2 and 3): the
/// sum of absolute differences, divided by the number of values. As in CenterNet, 0.0001 is added to that number.
///
/// Places that share a cell all count. Everywhere else the gradient is zero, and so it is where the head is exactly right.
///
/// - Parameters:
///   - map: `[batch, channel, row, column]`.
///   - targets: Places, one list per image.
func l1Loss(_ map: Tensor, _ targets: [HeadTarget], count: Int, weight: Double) -> HeadLoss {
    let (channels, rows, columns) = (map.shape[1], map.shape[2], map.shape[3])
    let divisor = Double(count) + 1e-4
    let step = Float(weight / divisor)
    var sums = [Double](repeating: 0, count: targets.count)
    var gradient = Tensor(map.shape)
    map.withElements { map in
        gradient.withMutableElements { gradient in
            for (image, target) in targets.enumerated() {
                guard case .places(let places) = target else { continue }
                for place in places {
                    let first = ((image * channels + place.channel) * rows + place.row) * columns + place.column
                    for (index, value) in [(first, place.x), (first + rows * columns, place.y)] {
                        let difference = map[index] - value
                        sums[image] += Double(abs(difference))
                        if difference > 0 { gradient[index] += step }
                        if difference < 0 { gradient[index] -= step }
                    }
                }
            }
        }
    }
    return HeadLoss(sums: sums, divisor: divisor, gradient: gradient)
}
