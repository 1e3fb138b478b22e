import HeatmapTargets
import Tensors

/// The L1 loss of a head with two channels at the centre cells of a batch ("Objects as Points", equations 2 and 3): the
/// sum of absolute differences, divided by twice the number of objects. As in CenterNet, 0.0001 is added to that number.
///
/// Objects that share a cell all count. Everywhere else the gradient is zero, and so it is where the head is exactly right.
struct CenterRegression {
    /// One sum an image, divided by the batch's number of values.
    var perImage: [Double]
    /// `[batch, 2, row, column]`, times the weight asked for.
    var gradient: Tensor

    init(
        map: Tensor, targets: [DetectionTargets], weight: Double,
        wanted: (DetectionTargets.Center) -> (first: Float, second: Float)
    ) {
        let (rows, columns) = (map.shape[2], map.shape[3])
        let objectCount = targets.reduce(0) { $0 + $1.centers.count }
        let divisor = 2 * Double(objectCount) + 1e-4
        let step = Float(weight / divisor)
        var perImage = [Double](repeating: 0, count: targets.count)
        var gradient = Tensor(map.shape)
        map.withElements { map in
            gradient.withMutableElements { gradient in
                for (image, target) in targets.enumerated() {
                    var sum = 0.0
                    for center in target.centers {
                        let first = (2 * image * rows + center.row) * columns + center.column
                        let goal = wanted(center)
                        for (index, value) in [(first, goal.first), (first + rows * columns, goal.second)] {
                            let difference = map[index] - value
                            sum += Double(abs(difference))
                            if difference > 0 { gradient[index] += step }
                            if difference < 0 { gradient[index] -= step }
                        }
                    }
                    perImage[image] = sum / divisor
                }
            }
        }
        self.perImage = perImage
        self.gradient = gradient
    }
}
