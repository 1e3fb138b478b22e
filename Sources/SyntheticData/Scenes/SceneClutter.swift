import Tensors

/// Things that are no objects of the data set: lines and splinters.
enum SceneClutter {
    /// Returns a random thing.
    static func thing(_ side: Double, style: SceneStyle, _ random: inout SeededGenerator) -> SceneObject {
        let center = Point(random.uniform(0, side), random.uniform(0, side))
        let body: SceneBody
        let radius: Double
        if random.chance(0.5) {
            var point = Point.zero
            var (turn, points) = (random.uniform(), [point])
            for _ in 0..<random.integer(in: 1...6) {
                turn += random.bell() * 0.12
                point += PortableMath.direction(turn) * 0.3
                points.append(point)
            }
            radius = side * random.logUniform(0.05, 0.6)
            let low = points.reduce(points[0], pointwiseMin)
            let high = points.reduce(points[0], pointwiseMax)
            let thickness = random.uniform(0.4, 1.4) / radius * (high - low).max() / 2
            body = SceneBody([ScenePart(outlines: Outline.path(points, thickness, thickness * 0.6))])
        } else {
            radius = side * random.logUniform(0.01, 0.06)
            let corners = [
                Point(-1, 0), Point(random.uniform(-0.5, 0.5), random.uniform(0.1, 0.4)),
                Point(1, random.uniform(-0.2, 0.2)),
            ]
            body = SceneBody([ScenePart(outlines: [.polygon(corners)])])
        }
        let tint = random.chance(0.6) ? style.palette.tint(&random) : ScenePalette.anyTint(&random)
        let finish: SceneLook.Finish =
            switch style.genre {
            case .brightField: .stained
            case .fluorescence: .glowing
            default: random.chance(0.5) ? .flat : .matte
            }
        return SceneObject(
            classIndex: 0, frame: ObjectFrame(center: center, radius: radius, axis: random.direction()), body: body,
            look: SceneLook(tint, finish: finish, opacity: random.uniform(0.4, 1), &random))
    }
}
