import Tensors

/// An object of a scene, ready to be painted.
package struct SceneObject: Sendable {
    var classIndex: Int
    var frame: ObjectFrame
    var body: SceneBody
    var look: SceneLook

    package init(classIndex: Int, frame: ObjectFrame, body: SceneBody, look: SceneLook) {
        (self.classIndex, self.frame, self.body, self.look) = (classIndex, frame, body, look)
    }
}

/// Makes objects of the same kind: they share colours and pattern, and their outlines differ a little or not at all.
struct SceneKind: Sendable {
    private let classIndex: Int
    private let form: SceneForm
    private let look: SceneLook
    private let seed: UInt64
    private let isRigid, isTurned: Bool

    /// Creates a random kind.
    ///
    /// - Parameters:
    ///   - radius: Half the longer side of the first object of this kind, in pixels.
    ///   - ground: The colour behind it, from which the kind must differ.
    init(
        _ sceneClass: SceneClass, classIndex: Int, style: SceneStyle, radius: Double, ground: Tint,
        _ random: inout SeededGenerator
    ) {
        (self.classIndex, form) = (classIndex, sceneClass.form)
        seed = random.next()
        isRigid = random.chance(0.4)
        isTurned = !form.isUpright || random.chance(0.15)
        let material = sceneClass.material ?? random.element(of: SceneMaterial.allCases)
        look = SceneLook(material, style: style, radius: radius, ground: ground, &random)
    }

    /// Returns an object of this kind at a place.
    func object(_ place: SceneLayout.Place, _ random: inout SeededGenerator) -> SceneObject {
        var shapeRandom = SeededGenerator(isRigid ? seed : random.next())
        let frame = ObjectFrame(
            center: place.center, radius: place.radius,
            axis: isTurned ? random.direction() : PortableMath.direction(random.bell() * 0.06),
            isMirrored: random.chance(0.5))
        var look = look
        look.surface.offset = Point(random.uniform(), random.uniform())
        look.light(by: 1 + 0.12 * random.bell())
        look.softness = min(look.softness, max(1, place.radius * 0.3))
        return SceneObject(classIndex: classIndex, frame: frame, body: form.body(&shapeRandom), look: look)
    }
}
