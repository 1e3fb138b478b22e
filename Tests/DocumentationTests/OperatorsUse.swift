import Operators
import Testing

extension CatalogueUses {
    @Test func operators() throws {
        let pooling = MaxPooling(kernel: 3, stride: 2, padding: 1)
        let convolution = Convolution(
            inputChannels: 64, outputChannels: 128, kernel: 3, stride: 2, padding: 1, bias: false)
        let input = try pooling.outputShape([[1, 64, 112, 112]])
        let output = try convolution.outputShape([input])
        let work = convolution.multiplyAdds(inputs: [input], output: output)
        #expect(output == [1, 128, 28, 28] && work == 128 * 28 * 28 * 64 * 9)
    }
}
