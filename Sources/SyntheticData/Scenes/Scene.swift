import Boxes
import Datasets
import Images
import Tensors

/// A painted scene: a background, clutter, and objects from back to front.
struct Scene {
    let image: Image
    /// The sufficiently visible objects, with the boxes of their visible parts.
    let objects: [AnnotatedObject]

    /// Paints a random scene with objects of some classes, which are sorted by name.
    init(size: Int, classes: [SceneClass], random: inout SeededGenerator) {
        let style = SceneStyle(&random)
        let backdrop = SceneBackdrop(size: size, style: style).painted(&random)
        var painter = ScenePainter(style: style, canvas: PaintedScene(size: size, pixels: backdrop))
        let microscopic = classes.indices.filter { SceneForm.microscopic.contains(classes[$0].form) }
        let layout = SceneLayout(
            size: size, style: style, classCount: classes.count, microscopic: microscopic, &random)
        let clutter = random.chance(0.6) ? random.integer(in: 1...12) : 0
        for _ in 0..<clutter {
            painter.paint(SceneClutter.thing(Double(size), style: style, &random), isLabelled: false)
        }
        var kinds: [Int: SceneKind] = [:]
        for place in layout.places {
            let kind =
                kinds[place.kind]
                ?? SceneKind(
                    classes[place.classIndex], classIndex: place.classIndex, style: style, radius: place.radius,
                    ground: painter.ground(place.center, place.radius), &random)
            kinds[place.kind] = kind
            painter.paint(kind.object(place, &random))
        }
        for _ in 0..<clutter / 4 {
            painter.paint(SceneClutter.thing(Double(size), style: style, &random), isLabelled: false)
        }
        image = SceneCamera(&random).image(painter.canvas)
        objects = Self.objects(painter.silhouettes, classes, size)
    }

    private static func objects(
        _ silhouettes: [SceneSilhouette], _ classes: [SceneClass], _ size: Int
    ) -> [AnnotatedObject] {
        zip(silhouettes, SceneSilhouette.visibleParts(silhouettes, imageSize: size)).compactMap { silhouette, part in
            guard let classIndex = silhouette.classIndex, silhouette.wholeCount > 0 else { return nil }
            let (inside, whole) = (Double(silhouette.pixels.count), Double(silhouette.wholeCount))
            let visible = Double(part.count)
            // More than 70 % hidden, or mostly outside.
            guard part.count > 0, visible >= 0.3 * inside, visible >= 0.2 * whole else { return nil }
            guard part.box.width >= 3, part.box.height >= 3 else { return nil }
            return AnnotatedObject(
                classIndex: classIndex, className: classes[classIndex].name, box: part.box,
                truncated: inside < 0.98 * whole)
        }
    }
}
