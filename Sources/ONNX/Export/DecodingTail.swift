extension ONNXDecoding {
    /// Appends the decoding nodes to a file; see ``ONNXDecoding`` for the outputs.
    ///
    /// NaN in the maps is not handled: a network with finite inputs does not produce any.
    ///
    /// - Parameter shape: Returns the shape of an output of the graph, nil if there is none of that name.
    /// - Throws: ``ONNXError/notExportable(node:reason:)`` when the graph does not return such maps.
    func write(to file: GraphWriter, shape: (String) -> [FileExtent]?) throws(ONNXError) {
        for name in ["boxes", "scores", "classes"] { try file.reserve(name) }
        guard let map = shape(heatmap), map.count == 4, let size = shape(size), let offset = shape(offset),
            [size, offset].allSatisfy({
                $0.count == 4 && $0[1] == .fixed(2) && $0[2...].map(\.value) == map[2...].map(\.value)
            })
        else {
            throw .notExportable(
                node: heatmap, reason: "decoding requires heatmap, size and offset outputs of the same height and width"
            )
        }
        Decoding(settings: self, map: map, file: file).write()
    }
}

/// The nodes of a decoding. Indices stay integers, so that positions in the map are exact.
private struct Decoding {
    let settings: ONNXDecoding
    /// The heatmap's shape.
    let map: [FileExtent]
    let nodes: NodeWriter

    init(settings: ONNXDecoding, map: [FileExtent], file: GraphWriter) {
        self.settings = settings
        self.map = map
        nodes = NodeWriter(
            name: "decode", result: "decode", inputs: [], parameters: [], parameterValues: [], inputShapes: [],
            shape: [], isReadAsIntegers: false, file: file)
    }

    func write() {
        let (indices, count) = writeBestPeaks()
        let columns = extent(3, "columns")
        let cells = product(columns, "cells")
        nodes.finish("Div", [indices, cells], as: "classes")
        let cell = nodes.part("cell", "Mod", [indices, cells])
        // [batch, 1, detection], twice: for x and for y.
        let second = nodes.integers("second_axis", [1])
        let place = nodes.part("place", "Unsqueeze", [cell, second])
        let places = nodes.part("places", "Concat", [place, place], [.int("axis", 1)])
        let column = nodes.part("column", "Mod", [place, columns])
        let row = nodes.part("row", "Div", [place, columns])
        let corner = nodes.part(
            "corner", "Cast", [nodes.part("column_row", "Concat", [column, row], [.int("axis", 1)])],
            [.element("to", .float)])
        let planes = nodes.integers("planes", [0, 2, -1])
        let center = nodes.part("center", "Add", [corner, reading(settings.offset, at: places, planes)])
        let half = nodes.part(
            "half_size", "Mul", [reading(settings.size, at: places, planes), nodes.number("half", 0.5)])
        let edges = [
            nodes.part("lower_edges", "Sub", [center, half]), nodes.part("upper_edges", "Add", [center, half]),
        ]
        let cellBoxes = nodes.part("cell_boxes", "Concat", edges, [.int("axis", 1)])
        let pixelBoxes = nodes.part(
            "pixel_boxes", "Mul", [cellBoxes, nodes.number("stride", Float(settings.stride))])
        nodes.finish("Transpose", [pixelBoxes], [.ints("perm", [0, 2, 1])], as: "boxes")
        declare("boxes", .float, [map[0], count, .fixed(4)])
        declare("scores", .float, [map[0], count])
        declare("classes", .int64, [map[0], count])
    }

    /// Writes the selection of the best local maxima over all classes; returns their indices among the cells of all classes, and their
    /// number.
    private func writeBestPeaks() -> (indices: String, count: FileExtent) {
        let probabilities = nodes.part("probabilities", "Sigmoid", [settings.heatmap])
        let highest = nodes.part(
            "highest_around", "MaxPool", [probabilities],
            [.ints("kernel_shape", [3, 3]), .ints("pads", [1, 1, 1, 1])])
        let isPeak = nodes.part("is_peak", "Equal", [probabilities, highest])
        let peaks = nodes.part("peaks", "Where", [isPeak, probabilities, nodes.number("zero", 0)])
        let flat = nodes.part("flat", "Reshape", [peaks, nodes.integers("flat_shape", [0, -1])])
        let limit: String
        let count: FileExtent
        if let cells = map.dropFirst().reduce(
            1, { total, extent in total.flatMap { t in extent.value.map { t * $0 } } })
        {
            count = .fixed(min(settings.top, cells))
            limit = nodes.integers("limit", [min(settings.top, cells)])
        } else {
            let shape = nodes.part("flat_extents", "Shape", [flat])
            let available = nodes.part("available", "Gather", [shape, nodes.integers("cell_axis", [1])])
            limit = nodes.part("limit", "Min", [nodes.integers("top", [settings.top]), available])
            count = .free("detections")
        }
        // For ties, TopK takes the first.
        return (nodes.bestOf(flat, limit, as: "scores"), count)
    }

    /// Reads one of the regression heads at positions `[batch, 2, detection]`.
    private func reading(_ head: String, at places: String, _ planes: String) -> String {
        let flat = nodes.part("\(head)_planes", "Reshape", [head, planes])
        return nodes.part("\(head)_at_peaks", "GatherElements", [flat, places], [.int("axis", 2)])
    }

    /// Returns one of the heatmap's extents as a list with one integer.
    private func extent(_ axis: Int, _ name: String) -> String {
        if let value = map[axis].value { return nodes.integers(name, [value]) }
        let shape = nodes.part("\(name)_shape", "Shape", [settings.heatmap])
        return nodes.part(name, "Gather", [shape, nodes.integers("\(name)_axis", [axis])])
    }

    /// Returns the number of cells of one class as a list with one integer.
    private func product(_ columns: String, _ name: String) -> String {
        if let rows = map[2].value, let columns = map[3].value { return nodes.integers(name, [rows * columns]) }
        return nodes.part(name, "Mul", [extent(2, "rows"), columns])
    }

    private func declare(_ name: String, _ kind: ProtoTensorDefinition.ElementKind, _ extents: [FileExtent]) {
        nodes.file.add(output: ProtoValueInformation(name, kind, extents))
    }
}

extension NodeWriter {
    /// Writes a last part with an output name of its own.
    fileprivate func finish(
        _ kind: String, _ inputs: [String], _ attributes: [ProtoAttribute] = [], as output: String
    ) {
        file.add(
            ProtoNodeDefinition(
                kind, name: file.unique("\(name)/\(output)"), inputs: inputs, outputs: [output],
                attributes: attributes))
    }

    /// Writes the selection of the highest values along the second axis, with an output name of its own; returns the name of their indices.
    fileprivate func bestOf(_ values: String, _ count: String, as output: String) -> String {
        let indices = file.unique("\(name)/indices")
        file.add(
            ProtoNodeDefinition(
                "TopK", name: file.unique("\(name)/best"), inputs: [values, count], outputs: [output, indices],
                attributes: [.int("axis", 1)]))
        return indices
    }
}
