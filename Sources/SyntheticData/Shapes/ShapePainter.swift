import Boxes
import Datasets
import Images

/// Draws a scene by signed distances, and tracks the visible part of each shape.
struct ShapePainter {
    private let scene: ShapeScene
    private var canvas: PaintedScene
    /// The area of each shape inside the image, hidden or not, and its whole area.
    private var areas: [(inside: Int, whole: Int)] = []
    private var size: Int { canvas.size }

    /// Draws a scene.
    init(_ scene: ShapeScene) {
        self.scene = scene
        canvas = PaintedScene(size: scene.size, background: scene.background)
        for index in scene.shapes.indices {
            castShadow(scene.shapes[index])
            paint(scene.shapes[index], index: index)
        }
    }

    /// Returns the columns or rows that a shape with a margin touches, by default clipped to the image.
    private func range(_ center: Double, _ reach: Double, clipped: Bool = true) -> Range<Int> {
        let (low, high) = (Int((center - reach).rounded(.down)), Int((center + reach).rounded(.up)) + 1)
        return clipped ? max(0, low)..<max(max(0, low), min(size, high)) : low..<high
    }

    private mutating func castShadow(_ shape: PlacedShape) {
        let (blur, depth) = (0.25 * shape.radius, 0.15 * shape.radius)
        let (shiftX, shiftY) = (scene.lightX * depth, scene.lightY * depth)
        let reach = shape.radius + blur + depth
        for y in range(shape.centerY, reach) {
            for x in range(shape.centerX, reach) {
                let point = shape.local(Double(x) + 0.5 + shiftX, Double(y) + 0.5 + shiftY)
                let distance = shape.kind.distance(point.x, point.y) * shape.radius
                let cover = min(max(0.5 - distance / blur, 0), 1)
                canvas.pixels[y * size + x] = canvas.pixels[y * size + x].lit(1 - 0.4 * cover)
            }
        }
    }

    private mutating func paint(_ shape: PlacedShape, index: Int) {
        var area = (inside: 0, whole: 0)
        for y in range(shape.centerY, shape.radius + 1, clipped: false) {
            for x in range(shape.centerX, shape.radius + 1, clipped: false) {
                let point = shape.local(Double(x) + 0.5, Double(y) + 0.5)
                let distance = shape.kind.distance(point.x, point.y) * shape.radius
                if distance < 0 { area.whole += 1 }
                guard (0..<size).contains(x), (0..<size).contains(y), distance < 0.5 else { continue }
                let place = y * size + x
                if distance < 0 {
                    area.inside += 1
                    canvas.owners[place] = index
                }
                let (u, v) = ((Double(x) + 0.5 - shape.centerX), (Double(y) + 0.5 - shape.centerY))
                let towards = (u * scene.lightX + v * scene.lightY) / shape.radius
                // A darker rim, like the edge of an object.
                let rim = 1 - 0.3 * min(max(1 + distance / (0.12 * shape.radius), 0), 1)
                let color = shape.texture.color(point.x, point.y).lit((0.9 + scene.lightStrength * towards) * rim)
                canvas.pixels[place] = canvas.pixels[place].mixed(with: color, min(max(0.5 - distance, 0), 1))
            }
        }
        areas.append(area)
    }

    /// The image, with a lighting gradient and some grain.
    var image: Image {
        let half = Double(size) / 2
        return canvas.image { x, y in
            let towards = ((x - half) * scene.lightX + (y - half) * scene.lightY) / half
            let grain = 0.97 + 0.06 * scene.grain(x * 0.9, y * 0.9)
            return (1 + 0.3 * scene.lightStrength * towards) * grain
        }
    }

    /// The sufficiently visible shapes, with the boxes of their visible parts.
    var objects: [AnnotatedObject] {
        let seen = canvas.visibleParts(objectCount: areas.count)
        return scene.shapes.indices.compactMap { index in
            let (extent, area) = (seen[index], areas[index])
            let visible = Double(extent.count) / Double(max(1, area.whole))
            if visible < 0.1 { return nil }
            let kind = scene.shapes[index].kind
            return AnnotatedObject(
                classIndex: ShapeKind.allCases.firstIndex(of: kind) ?? 0, className: kind.rawValue, box: extent.box,
                difficult: visible < 0.4, truncated: Double(area.inside) < 0.98 * Double(area.whole))
        }
    }
}
