extension AugmentationConfiguration {
    /// Each kind of augmentation alone, by name, for a look at what it does: as strong as here where it is switched on, and otherwise as an
    /// example.
    public var kinds: [(name: String, configuration: AugmentationConfiguration)] {
        func alone(
            _ name: String, _ change: (inout AugmentationConfiguration) -> Void
        ) -> (name: String, configuration: AugmentationConfiguration) {
            var configuration = AugmentationConfiguration.none
            change(&configuration)
            return (name, configuration)
        }
        func value(_ own: Double, else example: Double) -> Double { own > 0 ? own : example }
        return [
            alone("none") { _ in },
            alone("crop") {
                ($0.minimumScale, $0.maximumScale, $0.scaleStep) = (minimumScale, maximumScale, scaleStep)
                ($0.movesCenter, $0.border) = (movesCenter, border)
            },
            alone("flip") { $0.flipProbability = 1 }, alone("vertical flip") { $0.verticalFlipProbability = 1 },
            alone("quarter turns") { $0.quarterTurns = true },
            alone("rotation") { $0.rotation = value(rotation, else: 15) },
            alone("brightness") { $0.brightness = value(brightness, else: 0.4) },
            alone("contrast") { $0.contrast = value(contrast, else: 0.4) },
            alone("saturation") { $0.saturation = value(saturation, else: 0.4) },
            alone("lighting") { $0.lighting = value(lighting, else: 0.1) },
            alone("hue") { $0.hue = value(hue, else: 30) },
            alone("blur") { $0.blur = value(blur, else: 2) },
            alone("noise") { $0.noise = value(noise, else: 0.08) },
            alone("jpeg") { $0.jpegQuality = jpegQuality < 100 ? jpegQuality : 10 },
            alone("cutout") { $0.cutout = value(cutout, else: 0.4) }, alone("mosaic") { $0.mosaic = 1 },
            alone("copy-paste") { $0.copyPaste = max(copyPaste, 5) },
        ]
    }
}
