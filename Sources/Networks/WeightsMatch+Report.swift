import JSON
import Tensors

extension WeightsMatch {
    /// A report of the matching and other tensors in a few lines, with the first names of each kind.
    public var text: String {
        var lines = [
            "\(matched.count) of \(count) parameters of the network '\(network)' have a matching tensor, by "
                + "\(scheme.name)'s names"
        ]
        func list(_ what: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            let rest = names.count > 8 ? ", and \(names.count - 8) more" : ""
            lines.append("\(what) (\(names.count)): " + names.prefix(8).joined(separator: ", ") + rest)
        }
        list("different shape", misfits.map { "\($0.parameter) \($0.expected), in the file \($0.found)" })
        list("missing from the file", missing)
        list("unexpected in the file", unexpected)
        list("not known to the file, so that their rows of the last layers are unchanged", newNames)
        if !uncovered.isEmpty {
            lines.append("unchanged, because such files have no tensors for them: \(uncovered.count)")
        }
        if scheme.imagesAreBGR && !matched.isEmpty {
            lines.append("its images are BGR: the first layer's input channels are reversed")
        }
        return terminalLines(lines)
    }

    /// The report as JSON, with all names of each kind.
    public var json: JSONValue {
        func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        func shape(_ shape: [Int]) -> JSONValue { .array(shape.map { .integer($0) }) }
        return [
            "network": .string(network), "scheme": .string(scheme.name),
            "newNames": names(newNames),
            "matched": .array(
                matched.map { ["parameter": .string($0.parameter), "tensor": .string($0.tensor)] }),
            "missing": names(missing), "unexpected": names(unexpected), "uncovered": names(uncovered),
            "wronglyShaped": .array(
                misfits.map { misfit in
                    [
                        "parameter": .string(misfit.parameter), "tensor": .string(misfit.tensor),
                        "expected": shape(misfit.expected), "found": shape(misfit.found),
                    ]
                }),
        ]
    }
}
