import Boxes
import Datasets
import Images
import Tensors

/// Paints objects over a background, and keeps the silhouette of each.
package struct ScenePainter {
    private let style: SceneStyle
    package private(set) var canvas: PaintedScene
    package private(set) var silhouettes: [SceneSilhouette] = []
    private var size: Int { canvas.size }

    package init(style: SceneStyle, canvas: PaintedScene) {
        (self.style, self.canvas) = (style, canvas)
    }

    /// Returns the mean colour of the image around a point.
    func ground(_ center: Point, _ radius: Double) -> Tint {
        var sum = Tint(0, 0, 0)
        for row in -1...1 {
            for column in -1...1 {
                let x = Int(min(max(center.x + Double(column) * radius * 0.6, 0), Double(size - 1)))
                let y = Int(min(max(center.y + Double(row) * radius * 0.6, 0), Double(size - 1)))
                sum = sum.adding(canvas.pixels[y * size + x], 1 / 9)
            }
        }
        return sum
    }

    /// Paints an object in front of all others.
    ///
    /// - Parameter isLabelled: Whether it is an object of the data set; otherwise it only hides what is behind it.
    package mutating func paint(_ object: SceneObject, isLabelled: Bool = true) {
        let frame = object.frame
        let corners = [object.body.bounds.low, object.body.bounds.high]
        let ends = corners.flatMap { a in corners.map { b in frame.image([a.x, b.y]) } }
        let low = ends.reduce(ends[0], pointwiseMin) - 2
        let high = ends.reduce(ends[0], pointwiseMax) + 2
        let columns = Int(low.x.rounded(.down))..<Int(high.x.rounded(.up)) + 1
        let rows = Int(low.y.rounded(.down))..<Int(high.y.rounded(.up)) + 1
        let fields = object.body.parts.map {
            DistanceField($0.outlines, frame: frame, columns: columns, rows: rows)
        }
        guard var whole = fields.first else { return }
        for field in fields.dropFirst() { whole.unite(with: field) }
        castShadow(of: object, whole)
        for (part, field) in zip(object.body.parts, fields) { paint(part.tone, of: object, field) }
        silhouettes.append(
            SceneSilhouette(
                whole, imageSize: size, hidesOthers: object.look.hidesOthers,
                classIndex: isLabelled ? object.classIndex : nil))
    }

    private mutating func castShadow(of object: SceneObject, _ field: DistanceField) {
        guard style.shadow > 0, object.look.finish != .flat, object.look.hidesOthers else { return }
        let blur = max(style.shadowBlur * object.frame.radius * 0.5, 1)
        let shift = style.light * (style.shadowLength * object.frame.radius)
        let (shiftX, shiftY) = (Int(shift.x.rounded()), Int(shift.y.rounded()))
        let margin = Int(blur)
        for y in clipped(field.rows.lowerBound - margin - shiftY, field.rows.upperBound + margin - shiftY) {
            for x in clipped(field.columns.lowerBound - margin - shiftX, field.columns.upperBound + margin - shiftX) {
                // Beyond the window, the distance grows with that from the window.
                let (fromX, fromY) = (x + shiftX, y + shiftY)
                let nearX = min(max(fromX, field.columns.lowerBound), field.columns.upperBound - 1)
                let nearY = min(max(fromY, field.rows.lowerBound), field.rows.upperBound - 1)
                let beyond = Double(abs(fromX - nearX) + abs(fromY - nearY))
                let cover = PortableMath.smoothStep(-(field.values[field.index(nearX, nearY)] + beyond) / (2 * blur))
                if cover > 0 { canvas.pixels[y * size + x] = canvas.pixels[y * size + x].lit(1 - style.shadow * cover) }
            }
        }
    }

    private func clipped(_ low: Int, _ high: Int) -> Range<Int> {
        let start = min(max(0, low), size)
        return start..<max(start, min(size, high))
    }

    private mutating func paint(_ tone: ScenePart.Tone, of object: SceneObject, _ field: DistanceField) {
        let frame = object.frame
        let pixel = 1 / frame.radius
        for y in clipped(field.rows.lowerBound, field.rows.upperBound) {
            for x in clipped(field.columns.lowerBound, field.columns.upperBound) {
                let distance = field.values[field.index(x, y)]
                let cover = min(max(0.5 - distance / object.look.softness, 0), 1)
                if cover <= 0 { continue }
                let position = Point(Double(x) + 0.5, Double(y) + 0.5)
                let local = frame.local(position)
                var color: Tint =
                    switch tone {
                    case .main: object.look.surface.color(local, pixel: pixel, style.noise)
                    case .second:
                        object.look.second.lit(1 + 0.1 * style.noise(object.look.surface.offset + local * 0.3))
                    case .dark: object.look.dark
                    case .light: object.look.light
                    }
                if object.look.rim != 0 {
                    color = color.lit(
                        1 - object.look.rim * PortableMath.smoothStep(0.5 + distance / object.look.rimWidth))
                }
                let edge = min(max(1 + distance / (object.look.bevel * frame.radius), 0), 1)
                let place = y * size + x
                canvas.pixels[place] = blend(
                    color, over: canvas.pixels[place], cover, edge,
                    edge > 0 ? field.outwards(x, y) * edge : .zero, object)
            }
        }
    }

    /// Returns the colour of a pixel with a part of an object over it.
    ///
    /// - Parameters:
    ///   - cover: How much of the pixel is covered.
    ///   - edge: 0 far from the edge, 1 at the edge.
    ///   - normal: The direction in the image that the surface faces; 0 faces the viewer.
    private func blend(
        _ color: Tint, over ground: Tint, _ cover: Double, _ edge: Double, _ normal: Point, _ object: SceneObject
    ) -> Tint {
        let part = cover * object.look.opacity
        switch object.look.finish {
        case .flat: return ground.mixed(with: color, part)
        case .matte, .glossy: return ground.mixed(with: lit(color, normal, object), part)
        case .clear:
            let rim = edge * edge * edge
            return ground.mixed(with: lit(color, normal, object), min(1, part + cover * rim * 0.5))
        case .stained: return ground.filtered(by: color, part * thickness(edge, object.look))
        case .glowing: return ground.adding(color, part * thickness(edge, object.look))
        }
    }

    /// Returns how thick a film is: sometimes thinner in the middle, as red blood cells are.
    private func thickness(_ edge: Double, _ look: SceneLook) -> Double {
        look.hollow > 0 ? 1 - look.hollow * (1 - edge) * (1 - edge) : 1 - 0.3 * edge * edge
    }

    private func lit(_ color: Tint, _ normal: Point, _ object: SceneObject) -> Tint {
        let shade = 1 + style.lightStrength * normal.dot(style.light) * 1.3 - 0.12 * normal.squaredLength
        let lit = color.lit(max(0.1, shade))
        guard object.look.finish != .matte else { return lit }
        let off = (normal - style.light * 0.5).squaredLength
        let highlight = max(0, 1 - off / 0.06)
        return lit.adding(Tint(1, 1, 1), highlight * highlight * 0.55)
    }
}
