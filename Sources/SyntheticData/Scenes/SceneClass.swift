/// A class of objects: a form made of a material.
package struct SceneClass: Hashable, Sendable {
    package var form: SceneForm
    package var material: SceneMaterial

    /// The class's name, such as `ring-striped`.
    package var name: String { "\(form.rawValue)-\(material.rawValue)" }

    /// All classes. The first ones have different forms, and all materials in turn, so that any number of classes is varied.
    package static let all: [SceneClass] = SceneMaterial.allCases.indices.flatMap { round in
        SceneForm.allCases.enumerated().map { number, form in
            SceneClass(
                form: form, material: SceneMaterial.allCases[(number + round) % SceneMaterial.allCases.count])
        }
    }
}
