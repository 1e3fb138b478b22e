/// A class of objects: a form, or a form made of a material.
package struct SceneClass: Hashable, Sendable {
    package var form: SceneForm
    /// What its objects are made of; nil for any material.
    package var material: SceneMaterial?

    /// The class's name, such as `ring` or `ring-striped`.
    package var name: String { material.map { "\(form.rawValue)-\($0.rawValue)" } ?? form.rawValue }

    /// The largest number of classes.
    package static let maximumCount = SceneForm.allCases.count * SceneMaterial.allCases.count

    /// So many classes, sorted by name: forms of any material as long as there are enough forms; otherwise forms made of materials, of which
    /// the first have different forms, and all materials in turn.
    package static func first(_ count: Int) -> [SceneClass] {
        let forms = SceneForm.allCases.map { SceneClass(form: $0) }
        let all = count <= forms.count ? forms : formsOfMaterials
        return all.prefix(count).sorted { $0.name < $1.name }
    }

    private static let formsOfMaterials: [SceneClass] = SceneMaterial.allCases.indices.flatMap { round in
        SceneForm.allCases.enumerated().map { number, form in
            SceneClass(
                form: form, material: SceneMaterial.allCases[(number + round) % SceneMaterial.allCases.count])
        }
    }
}
