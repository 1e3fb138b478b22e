import ArgumentParser
import ExperimentRunner
import Visualization

/// How maps are drawn.
struct MapLookOptions: ParsableArguments {
    @Option(help: "Colours: \(Colormap.allCases.map(\.rawValue).joined(separator: ", ")).")
    var colormap = Colormap.turbo

    @Option(help: "How much of the image the colours hide, from 0 to 1.")
    var opacity = 0.75

    @Option(help: "Hide it by-strength, so that cold places keep the image, or uniform.")
    var blending = MapStyle.Blending.byStrength

    @Option(
        help:
            "Colours from each map's own lowest and highest number, or common to all; by default own, for lengths common."
    )
    var scale: MapLook.Scale?

    @Flag(help: "Draw maps without the image.")
    var alone = false

    @OptionGroup var format: FormatOptions

    func validate() throws {
        if !(0...1).contains(opacity) { throw ValidationError("--opacity is from 0 to 1.") }
    }

    var look: MapLook {
        var look = MapLook()
        look.style = MapStyle(colormap: colormap, opacity: opacity, blending: blending)
        look.scale = scale
        look.isAlone = alone
        look.format = format.format
        return look
    }
}

extension Colormap: ExpressibleByArgument {}
extension MapStyle.Blending: ExpressibleByArgument {}
extension MapLook.Scale: ExpressibleByArgument {}
