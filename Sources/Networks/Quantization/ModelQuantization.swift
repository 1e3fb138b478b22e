import Graphs
import JSON
import Operators

/// The description of a network's quantization, which determines the graph together with the network's own description. The values (scales,
/// zero points, weights) are parameters.
public struct ModelQuantization: Sendable, Equatable {
    /// The quantized values, by the names of the nodes that compute them, with their integer type; readers of such a value get the
    /// dequantized value.
    public var activations: [String: IntegerKind]
    /// The convolutions whose weights are integers.
    public var weights: Set<String>
    /// The number of bits of a weight: 8, or 7 (-64 to 64) where products of two bytes are summed in 16 bits.
    public var weightBits: Int
    /// Notes such as how ranges were chosen, and on how many images, by key.
    public var notes: [String: String]

    /// Creates a description.
    public init(
        activations: [String: IntegerKind], weights: Set<String>, weightBits: Int, notes: [String: String] = [:]
    ) {
        self.activations = activations
        self.weights = weights
        self.weightBits = weightBits
        self.notes = notes
    }

    /// The largest integer of a weight.
    public var largestWeight: Float { weightBits == 7 ? 64 : 127 }

    static let key = "quantization"

    /// The description as in a file's metadata.
    var text: String {
        var activations = JSONObject()
        for kind in IntegerKind.allCases {
            let names = self.activations.filter { $0.value == kind }.keys.sorted()
            activations[kind.rawValue] = .array(names.map { .string($0) })
        }
        return JSONValue.object(
            JSONObject([
                ("activations", .object(activations)), ("weights", .array(weights.sorted().map { .string($0) })),
                ("weightBits", .integer(weightBits)),
                ("notes", .object(JSONObject(notes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
            ])
        ).text()
    }

    /// Reads a description from its ``text``.
    ///
    /// - Throws: ``JSONError`` when the text is malformed.
    init(parsing text: String) throws(JSONError) {
        let value = try JSONValue(parsing: text)
        activations = [:]
        for (name, list) in try value["activations"].object() {
            guard let kind = IntegerKind(rawValue: name) else {
                throw JSONError(reason: "there is no integer type '\(name)'")
            }
            for node in try list.strings() where activations.updateValue(kind, forKey: node) != nil {
                throw JSONError(reason: "'\(node)' is named twice")
            }
        }
        weights = Set(try value["weights"].strings())
        weightBits = try value["weightBits"].integer()
        guard weightBits == 7 || weightBits == 8 else {
            throw JSONError(reason: "weights of \(weightBits) bits are not supported")
        }
        notes = [:]
        for (key, note) in try value["notes"].object() { notes[key] = try note.string() }
    }
}
