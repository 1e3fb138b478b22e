import ArgumentParser
import Visualization

/// The file format of drawings.
struct FormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File format of drawings; in pdf and svg, lines and text are sharp at any size, and images keep their "
                + "full resolution."))
    var format = DrawingFormat.png
}

extension DrawingFormat: ExpressibleByArgument {}
