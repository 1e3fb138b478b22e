import Foundation
import Tensors
import WeightFiles

/// A reader of files that come from elsewhere, and what it promises about any of them: it answers or throws, soon, and takes no
/// more memory than a factor times the file's size.
struct FuzzedParser: Sendable {
    /// What the command line calls it.
    let name: String
    /// Where files that it reads well are, below the package's folder, and how their names end.
    let examples: (folder: String, ending: String)
    /// Bytes of memory that it may take for each byte of the file.
    let memoryFactor: Int
    /// Words of the format, which mutations put in.
    var words: [String] = []
    /// Puts a mutated part of an example back into a whole file; nil for formats whose parts do not know where they stand.
    var part: Part?
    /// Reads the file that has just been written. What it throws is an answer; so is what it returns, which tells answers apart.
    let parse: @Sendable (URL) throws -> String

    /// A part of a file that is mutated by itself.
    struct Part: Sendable {
        let extract: @Sendable ([UInt8]) -> [UInt8]?
        let wrap: @Sendable ([UInt8]) -> [UInt8]
    }

    /// Every parser there is; a new one adds its entry here.
    static let all: [FuzzedParser] = [
        FuzzedParser(
            name: "safetensors", examples: ("Tests/WeightFilesTests/Files", ".safetensors"), memoryFactor: 256,
            words: ["\"F32\"", "\"BF16\"", "\"I64\"", "\"data_offsets\"", "\"shape\"", "\"dtype\"", "__metadata__"]
        ) { url in
            let file = try SafeTensorsFile(contentsOf: url)
            return "\(file.tensors.map(\.tensor.shape.count))"
        },
        FuzzedParser(
            name: "npy", examples: ("Tests/WeightFilesTests/Files", ".npy"), memoryFactor: 64,
            words: ["'descr'", "'<f4'", "'fortran_order': False", "'shape': (", ",)"]
        ) { url in
            let tensor = try Tensor(npy: try Data(contentsOf: url))
            return "\(tensor.shape.count)"
        },
    ]
}
