import Graphs
import Operators

/// A map, with the properties needed to combine it with others.
struct ScaledMap {
    var value: Graph.Value
    var channels: Int
    /// The side of a cell in input pixels.
    var stride: Int
}

extension Graph {
    /// Upsamples maps, finest first, to one another's extent: the two coarsest first, then three, and so on (Yu et al., arXiv:1707.06484,
    /// section 3.2 and figure 5).
    ///
    /// - Parameter aggregate: Combines maps at the first one's extent and channels, and returns the result for each.
    /// - Returns: The last map of each round, finest first, and the coarsest.
    mutating func iterativeUpsampling(
        _ maps: [ScaledMap], _ name: String,
        aggregate: (inout Graph, _ name: String, _ maps: [ScaledMap]) -> [ScaledMap]
    ) -> [ScaledMap] {
        var maps = maps
        var finished = [maps[maps.count - 1]]
        for round in 0..<maps.count - 1 {
            let first = maps.count - 2 - round
            maps.replaceSubrange(first..., with: aggregate(&self, "\(name).ida_\(round)", Array(maps[first...])))
            finished.insert(maps[maps.count - 1], at: 0)
        }
        return finished
    }

    /// Projects each map after the first to the first one's channels, enlarges it to the first one's extent, and adds it to the previous
    /// map, with deformable convolutions before and after.
    mutating func deformableAggregation(_ name: String, _ maps: [ScaledMap]) -> [ScaledMap] {
        var maps = maps
        let (channels, stride) = (maps[0].channels, maps[0].stride)
        for index in 1..<maps.count {
            var value = deformableBlock("\(name).proj_\(index)", maps[index].value, (maps[index].channels, channels))
            value = bilinearDeconvolution(
                "\(name).up_\(index)", value, channels: channels, factor: maps[index].stride / stride, groups: channels)
            value = add("\(name).add_\(index)", Add(), value, maps[index - 1].value)
            value = deformableBlock("\(name).node_\(index)", value, (channels, channels))
            maps[index] = ScaledMap(value: value, channels: channels, stride: stride)
        }
        return maps
    }

    private mutating func deformableBlock(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int)
    ) -> Value {
        let value = deformableConvolution("\(name).conv", input, channels)
        let normalized = add("\(name).actf.0", BatchNormalization(channels: channels.to), value)
        return add("\(name).actf.1", ReLU(), normalized)
    }

    /// Projects each map to the first one's channels and enlarges it to the first one's extent, where they differ; then a plain convolution
    /// combines each map with the previous one.
    mutating func plainAggregation(_ name: String, _ maps: [ScaledMap]) -> [ScaledMap] {
        let (channels, stride) = (maps[0].channels, maps[0].stride)
        var fitted: [Value] = []
        for (index, map) in maps.enumerated() {
            var value = map.value
            if map.channels != channels {
                value = convolutionBlock("\(name).proj_\(index)", value, (map.channels, channels), kernel: 1)
            }
            if map.stride != stride {
                value = bilinearDeconvolution(
                    "\(name).up_\(index)", value, channels: channels, factor: map.stride / stride, groups: channels)
            }
            fitted.append(value)
        }
        for index in 1..<fitted.count {
            let joined = add("\(name).concat_\(index)", Concatenate(), fitted[index - 1], fitted[index])
            fitted[index] = convolutionBlock("\(name).node_\(index)", joined, (2 * channels, channels))
        }
        return fitted.map { ScaledMap(value: $0, channels: channels, stride: stride) }
    }
}
