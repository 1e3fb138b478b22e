/// The viewer's script, one part per file: data, choices, drawing and controls.
///
/// All parts share one scope, after the page's script, so each may use the definitions of those before it; nothing is shown before
/// the last line runs.
package enum ViewerScript {
    package static let parts = [data, sampling, choices, drawing, panels, controls, pointer, keyboard, start]

    private static let start = #"""
        // ---- Start

        showImage(0);
        """#
}
