import Graphs
import JSON
import Operators

/// What was quantized in a network, and how: with the network's own description it says what the graph is. The numbers (scales, zero
/// points, weights) are parameters.
public struct ModelQuantization: Sendable, Equatable {
    /// The values that are made integers, by the names of the nodes that compute them, and which integers: whoever reads such a value
    /// reads what the integers stand for.
    public var activations: [String: IntegerKind]
    /// The convolutions whose weights are integers.
    public var weights: Set<String>
    /// How many bits a weight has: 8, or 7 where products of two bytes are summed in 16 bits (-64 to 64).
    public var weightBits: Int
    /// How ranges were chosen, on how many images, and whatever else is worth knowing, by keys.
    public var notes: [String: String]

    /// A quantization from its parts.
    public init(
        activations: [String: IntegerKind], weights: Set<String>, weightBits: Int, notes: [String: String] = [:]
    ) {
        self.activations = activations
        self.weights = weights
        self.weightBits = weightBits
        self.notes = notes
    }

    /// The largest integer that a weight becomes.
    public var largestWeight: Float { weightBits == 7 ? 64 : 127 }

    static let key = "quantization"

    /// As a file's metadata keep it.
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

    /// Reads what ``text`` wrote.
    ///
    /// - Throws: What is wrong with it.
    init(parsing text: String) throws(JSONError) {
        let value = try JSONValue(parsing: text)
        activations = [:]
        for (name, list) in try value["activations"].object() {
            guard let kind = IntegerKind(rawValue: name) else { throw JSONError(reason: "there is no kind '\(name)'") }
            for node in try list.strings() where activations.updateValue(kind, forKey: node) != nil {
                throw JSONError(reason: "'\(node)' is named twice")
            }
        }
        weights = Set(try value["weights"].strings())
        weightBits = try value["weightBits"].integer()
        guard weightBits == 7 || weightBits == 8 else { throw JSONError(reason: "weights of \(weightBits) bits") }
        notes = [:]
        for (key, note) in try value["notes"].object() { notes[key] = try note.string() }
    }
}
