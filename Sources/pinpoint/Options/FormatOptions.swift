import ArgumentParser
import Visualization

/// How drawings are written.
struct FormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How drawings are written: png, jpeg, pdf or svg. In pdf and svg lines and text are sharp at any size, and "
                + "images have their full resolution."))
    var format = DrawingFormat.png
}

extension DrawingFormat: ExpressibleByArgument {}
