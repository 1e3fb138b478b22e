import Boxes
import Datasets
import Images

/// Draws a scene of figures, and tracks the visible part of each.
struct FigurePainter {
    private let scene: FigureScene
    private var canvas: PaintedScene
    private var size: Int { canvas.size }
    /// The number of pixels of each figure inside the image, hidden or not.
    private var areas: [Int]

    /// Draws a scene.
    init(_ scene: FigureScene) {
        self.scene = scene
        canvas = PaintedScene(size: scene.size, background: scene.background)
        areas = Array(repeating: 0, count: scene.figures.count)
        for index in scene.figures.indices { paint(scene.figures[index], index: index) }
    }

    private mutating func paint(_ figure: PlacedFigure, index: Int) {
        for stroke in figure.strokes {
            let reach = stroke.radius + 1
            for y in range(stroke.start.y, stroke.end.y, reach) {
                for x in range(stroke.start.x, stroke.end.x, reach) {
                    let distance = stroke.distance(Double(x) + 0.5, Double(y) + 0.5)
                    if distance >= 0.5 { continue }
                    let place = y * size + x
                    if distance < 0 && canvas.owners[place] != index {
                        canvas.owners[place] = index
                        areas[index] += 1
                    }
                    // Darker towards the edge, like a round object.
                    let rim = max(0, 1 + distance / stroke.radius)
                    let color = stroke.tint.lit(1 - 0.4 * rim * rim)
                    canvas.pixels[place] = canvas.pixels[place].mixed(with: color, min(max(0.5 - distance, 0), 1))
                }
            }
        }
    }

    /// Returns the columns or rows that a stroke touches.
    private func range(_ start: Double, _ end: Double, _ reach: Double) -> Range<Int> {
        let low = max(0, Int((min(start, end) - reach).rounded(.down)))
        return low..<max(low, min(size, Int((max(start, end) + reach).rounded(.up)) + 1))
    }

    /// The image, with some grain.
    var image: Image { canvas.image { x, y in 0.96 + 0.08 * scene.grain(x * 0.9, y * 0.9) } }

    /// The sufficiently visible figures, with the box and the area in pixels of their visible part. Keypoints behind another figure are
    /// hidden, those outside the image absent.
    var objects: [AnnotatedObject] {
        let seen = canvas.visibleParts(objectCount: areas.count)
        return scene.figures.indices.compactMap { index in
            let visible = Double(seen[index].count) / Double(max(1, areas[index]))
            guard seen[index].count > 0, visible >= 0.25 else { return nil }
            return AnnotatedObject(
                classIndex: 0, className: FiguresSynthesizer.className, box: seen[index].box,
                area: Double(seen[index].count),
                keypoints: scene.figures[index].keypoints.map { keypoint($0, of: index) })
        }
    }

    private func keypoint(_ point: FigurePose.Point, of figure: Int) -> Keypoint<ImagePixels> {
        let side = Double(size)
        guard point.x >= 0, point.y >= 0, point.x < side, point.y < side else { return .absent }
        let isSeen = canvas.owners[Int(point.y) * size + Int(point.x)] == figure
        return Keypoint(x: point.x, y: point.y, visibility: isSeen ? .visible : .hidden)
    }
}
