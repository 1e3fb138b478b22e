/// The scripts of pages: files of `Resources`, which are embedded in the program.
///
/// A page's scripts share one scope and run in their order, so each may use at once what those before it define, and in functions called
/// later also what those after it define.
enum Script {
    /// All pages. Light or dark theme: the system's until the user presses the button, then the user's choice.
    static let theme = EmbeddedFile.text(of: PackageResources.theme_js)

    /// The viewer, one file per topic. Maps, sampling, choices and placement use no element of the page, only its settings and images, so
    /// that they are tested without a browser.
    static let viewer = [
        // The page's data, decoded when first shown.
        PackageResources.data_js,
        // The cells of maps, and the colours of their values.
        PackageResources.maps_js,
        // Maps screen pixels to cells of a map, and interpolates between cells.
        PackageResources.sampling_js,
        // What each panel shows. A panel remembers the last choice; for an image that does not have it, the first available option is
        // shown instead.
        PackageResources.choices_js,
        // Where the image is on a canvas, and which objects are at a point.
        PackageResources.placement_js,
        // Draws images, maps over them and boxes on a canvas.
        PackageResources.drawing_js,
        // One or two panels: a map over its image, with colour bar and caption.
        PackageResources.panels_js,
        // The lists, pickers and buttons.
        PackageResources.controls_js,
        // Reads values under the pointer, and drags the image.
        PackageResources.pointer_js,
        // Keyboard control.
        PackageResources.keyboard_js,
        // Shows the first image; until then, nothing is shown.
        PackageResources.start_js,
    ].map(EmbeddedFile.text)
}
