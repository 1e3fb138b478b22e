import ArgumentParser
import InspectionJobs
import Visualization

/// How maps are drawn.
struct MapStyleArguments: ParsableArguments {
    @Option(help: "Colormap.")
    var colormap = Colormap.turbo

    @Option(help: "Opacity of the map over the image, from 0 to 1.")
    var opacity = 0.75

    @Option(help: "Blending: by-strength keeps the image visible where values are low, uniform does not.")
    var blending = MapStyle.Blending.byStrength

    @Option(
        help:
            "Colour range: own minimum and maximum of each map, or common to all maps; by default own, but common for lengths."
    )
    var scale: MapDrawingOptions.Scale?

    @Flag(help: "Draw maps without the image.")
    var alone = false

    @OptionGroup var format: FormatOptions

    func validate() throws {
        if !(0...1).contains(opacity) { throw ValidationError("--opacity must be from 0 to 1.") }
    }

    var look: MapDrawingOptions {
        var look = MapDrawingOptions()
        look.style = MapStyle(colormap: colormap, opacity: opacity, blending: blending)
        look.scale = scale
        look.isAlone = alone
        look.format = format.format
        return look
    }
}

extension Colormap: ExpressibleByArgument {}
extension MapStyle.Blending: ExpressibleByArgument {}
extension MapDrawingOptions.Scale: ExpressibleByArgument {}
