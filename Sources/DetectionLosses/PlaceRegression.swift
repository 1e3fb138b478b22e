import Tensors

/// The L1 loss of a regression head at the cells of a batch where it is trained ("Objects as Points", equations 2 and 3): the sum of
/// absolute differences, divided by the number of values. As in CenterNet, 0.0001 is added to that number.
///
/// Several places in one cell all count. The gradient is zero in all other cells, and where the prediction is exact.
struct PlaceRegression {
    /// A cell in which two adjacent channels are trained, with their targets.
    struct Place {
        var channel = 0
        var row, column: Int
        var x, y: Float
    }

    /// One sum per image, divided by the batch's number of values.
    var perImage: [Double]
    /// `[batch, channel, row, column]`, times the given weight.
    var gradient: Tensor

    /// - Parameter places: The places of each image of the batch.
    init(map: Tensor, places: [[Place]], weight: Double) {
        let (channels, rows, columns) = (map.shape[1], map.shape[2], map.shape[3])
        let divisor = 2 * Double(places.reduce(0) { $0 + $1.count }) + 1e-4
        let step = Float(weight / divisor)
        var perImage = [Double](repeating: 0, count: places.count)
        var gradient = Tensor(map.shape)
        map.withElements { map in
            gradient.withMutableElements { gradient in
                for (image, places) in places.enumerated() {
                    var sum = 0.0
                    for place in places {
                        let first = ((image * channels + place.channel) * rows + place.row) * columns + place.column
                        for (index, value) in [(first, place.x), (first + rows * columns, place.y)] {
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
