import HeatmapTargets
import Tensors

/// What a regression's answer of two values costs, and the slope in each.
struct PairLoss {
    var value: Double
    var slopeX, slopeY: Float

    /// The sum of absolute differences ("Objects as Points", equations 2 and 3); where the answer is exactly right the slope is 0.
    static func l1(_ x: Float, _ y: Float, _ place: HeadTarget.Place) -> PairLoss {
        let (differenceX, differenceY) = (x - place.x, y - place.y)
        return PairLoss(
            value: Double(abs(differenceX)) + Double(abs(differenceY)), slopeX: differenceX.direction,
            slopeY: differenceY.direction)
    }
}

extension Float {
    /// 1 above zero, -1 below, 0 otherwise.
    var direction: Float { self > 0 ? 1 : self < 0 ? -1 : 0 }
}

/// The loss of a regression head at the places of a batch where it is learned: the sum over places, divided by the number of values. As
/// in CenterNet, 0.0001 is added to that number.
///
/// Places that share a cell all count. Everywhere else the gradient is zero.
///
/// - Parameters:
///   - map: `[batch, channel, row, column]`.
///   - targets: Places, one list per image.
///   - measure: What an answer of two values costs at a place.
func regressionLoss(
    _ map: Tensor, _ targets: [HeadTarget], count: Int, weight: Double,
    measure: (_ x: Float, _ y: Float, _ place: HeadTarget.Place) -> PairLoss
) -> HeadLoss {
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
                    let x = ((image * channels + place.channel) * rows + place.row) * columns + place.column
                    let y = x + rows * columns
                    let loss = measure(map[x], map[y], place)
                    sums[image] += loss.value * Double(place.weight)
                    gradient[x] += step * place.weight * loss.slopeX
                    gradient[y] += step * place.weight * loss.slopeY
                }
            }
        }
    }
    return HeadLoss(sums: sums, divisor: divisor, gradient: gradient)
}
