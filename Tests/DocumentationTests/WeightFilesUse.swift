import Foundation
import Tensors
import TestSupport
import Testing
import WeightFiles

extension CatalogueUses {
    @Test func weightFiles() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("weights.safetensors")
        let weights = SafeTensorsFile(
            tensors: [("conv.weight", Tensor([2, 2], repeating: 0.5))], metadata: ["from": "me"])
        try weights.write(to: file)
        let read = try WeightsFile.read(file)
        #expect(read.tensors.map(\.name) == ["conv.weight"] && read.metadata["from"] == "me")
        #expect(read.tensors[0].tensor == Tensor([2, 2], repeating: 0.5))
    }
}
