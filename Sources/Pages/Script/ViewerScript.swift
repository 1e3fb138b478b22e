/// The viewer's script, a part a file: what is known, what is shown of it, how that is drawn, and how it is operated.
///
/// All parts stand in one scope after that of the page, so each may use what those before it define; nothing runs before
/// the last line.
package enum ViewerScript {
    package static let parts = [data, sampling, choices, drawing, panels, controls, pointer, keyboard, start]

    private static let start = #"""
        // ---- Start

        showImage(0);
        """#
}
