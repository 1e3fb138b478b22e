import Boxes
import Images
import Inspection
import PeakDecoding
import Tensors
import Visualization

/// The maps of one method on one image: one map over its image, or a sheet with a row per target and a column per layer.
struct ExplanationDrawing {
    let name: String
    let image: Image
    let findings: ImageInspector.Findings
    let explanations: [Explanation]
    let method: Inspection.Method
    let look: MapDrawingOptions
    let classNames: [String]

    func drawn() throws -> Drawing {
        var style = look.style
        let maps = explanations.flatMap(\.layers).filter { $0.flatness == nil }.map { rectified($0.map) }
        let isCommon = look.scale == .common || look.scale == nil && explainsLengths && maps.count > 1
        if isCommon { style.range = commonRange(of: maps) }
        if explanations.count == 1, explanations[0].layers.count == 1 {
            return try single(explanations[0].layers[0], style: style)
        }
        return try (explanations.allSatisfy { $0.layers.count == 1 } ? targets(style) : sheet(style)).drawing()
    }

    /// Whether lengths are explained: they are in image pixels, so their maps can be compared.
    private var explainsLengths: Bool { findings.subjects.allSatisfy { $0.unit == .pixels } }

    private func single(_ layer: LayerMap, style: MapStyle) throws -> Drawing {
        let caption = "\(method.rawValue): \(explanations[0].target.name), \(layer.layer)"
        let (map, note) = (rectified(layer.map), layer.flatness?.sentence)
        if look.isAlone { return try mapAlone(map, style: style, caption: caption, flatNote: note) }
        let toCells = findings.place.imageToCells(rows: map.shape[0], columns: map.shape[1])
        return try mapOverlay(
            image: image, map: map, imageToCells: toCells, style: style, boxes: boxes(0), caption: caption,
            flatNote: note)
    }

    /// Several targets at one layer: one tile each.
    private func targets(_ style: MapStyle) -> MapSheet {
        let maps = MapTiles(image: image, place: findings.place, isAlone: look.isAlone)
        // Objects that different grids found have different default layers.
        let names = Set(explanations.flatMap { $0.layers.map(\.layer) })
        let tiles = explanations.enumerated().flatMap { index, explanation in
            explanation.layers.map { layer in
                MapSheet.Tile(
                    maps.content(rectified(layer.map), boxes: boxes(index)),
                    caption: "\(explanation.target.name): \(caption(index))"
                        + (names.count > 1 ? ", \(layer.layer)" : ""),
                    flatNote: layer.flatness?.sentence)
            }
        }
        return MapSheet(
            title: names.count == 1 ? "\(title), \(names.first ?? "")" : title, tiles: tiles,
            columns: min(4, tiles.count), style: style)
    }

    private var title: String {
        "\(name): \(method.rawValue)\(method.ignoresTarget ? " (the same for every target)" : "")"
    }

    private func sheet(_ style: MapStyle) -> MapSheet {
        let layers = explanations.first?.layers.map(\.layer) ?? []
        // The mean of all layers has no unit, so it cannot share a common scale.
        let showsMean = layers.count > 1 && style.range == nil
        let maps = MapTiles(image: image, place: findings.place, isAlone: look.isAlone)
        let rows = explanations.indices.map { index in
            let (explanation, boxes) = (explanations[index], boxes(index))
            var tiles = [MapSheet.Tile(.image(image, boxes: boxes), caption: caption(index))]
            tiles += explanation.layers.map { layer in
                MapSheet.Tile(
                    maps.content(rectified(layer.map), boxes: boxes), flatNote: layer.flatness?.sentence)
            }
            if showsMean {
                let mean = explanation.combined(rows: findings.input.shape[2], columns: findings.input.shape[3])
                tiles.append(MapSheet.Tile(mean.map { maps.content($0, boxes: boxes) } ?? .empty))
            }
            return MapSheet.Row(heading: explanation.target.name, tiles: tiles)
        }
        return MapSheet(
            title: title, columnHeadings: ["image"] + layers + (showsMean ? ["mean of all, 0 to 1"] : []), rows: rows,
            style: style)
    }

    private func caption(_ index: Int) -> String {
        findings.subjects[index].unit.words(explanations[index].value)
    }

    private func boxes(_ index: Int) -> [LabelledBox] {
        if let detection = findings.subjects[index].detection { return [detection.labelled(classNames)] }
        return findings.detections.map { $0.labelled(classNames) }
    }
}
