import Boxes

extension Canvas {
    /// Fills a rectangle, its corners rounded by `radius`.
    func fill(_ box: Box<CanvasPixels>, _ color: Color, alpha: Double = 1, radius: Double = 0) {
        surface.fill(.rectangle(box, radius: radius), color, alpha: alpha)
    }

    /// Draws the outline of a rectangle.
    func stroke(
        _ box: Box<CanvasPixels>, _ color: Color, alpha: Double = 1, lineWidth: Double, dash: Double = 0,
        radius: Double = 0
    ) {
        surface.stroke(.rectangle(box, radius: radius), color, alpha: alpha, lineWidth: lineWidth, dash: dash)
    }

    /// Draws a line through points.
    func stroke(
        _ points: [(x: Double, y: Double)], _ color: Color, alpha: Double = 1, lineWidth: Double, dash: Double = 0
    ) {
        if points.isEmpty { return }
        surface.stroke(.line(points), color, alpha: alpha, lineWidth: lineWidth, dash: dash)
    }

    func fillCircle(x: Double, y: Double, radius: Double, _ color: Color) {
        surface.fill(.circle(x: x, y: y, radius: radius), color, alpha: 1)
    }
}
