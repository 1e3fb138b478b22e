/// The elements of the viewer, which its script finds by their `data-` attributes.
enum ViewerMarkup {
    static let viewer = HTML(
        markup: """
            <div class="viewer" id="viewer">
            <aside class="side">
            <label class="field" data-field="image">Image <select data-control="image"></select></label>
            <div class="list-head" id="targets-head"><span>Detections</span><span data-part="count"></span></div>
            <div class="targets" role="listbox" tabindex="0" aria-labelledby="targets-head" data-part="targets"></div>
            </aside>
            <div class="stage">
            \(toolbar)
            <div class="panels" data-part="panels">
            \(panel(0, "Left"))
            \(panel(1, "Right"))
            </div>
            <div class="readout"><span data-part="place">Move over the image to read values.</span>
            <span data-part="object"></span></div>
            <div class="unseen" aria-live="polite" data-part="status"></div>
            </div>
            </div>
            <noscript><p class="notice">This page requires JavaScript, which is turned off.</p></noscript>
            \(help)

            """)

    private static let toolbar = """
        <div class="toolbar" role="group" aria-label="How maps are drawn">
        <label class="field">Colours <select data-control="colormap"></select></label>
        <label class="field">Range <select data-control="range">
        <option value="own">own</option><option value="shown">both maps</option>
        <option value="alike">all of this kind</option></select></label>
        <label class="field">Opacity <input type="range" min="0" max="100" step="1" data-control="opacity">
        <output data-part="opacity"></output></label>
        <label class="field">Boxes <select data-control="boxes"><option value="all">all</option>
        <option value="selected">selected</option><option value="none">none</option></select></label>
        <label class="check"><input type="checkbox" data-control="smooth"> Smooth</label>
        <label class="check" title="Draw negative values as they are instead of as zero">
        <input type="checkbox" data-control="negative"> Below zero</label>
        <label class="check" title="Make low values transparent">
        <input type="checkbox" data-control="fade"> Fade low</label>
        <div class="group"><button type="button" data-action="zoomOut" aria-label="Zoom out" title="Zoom out (-)">&minus;</button>
        <button type="button" data-action="zoomWhole" title="Whole image (0)" data-part="zoom">100 %</button>
        <button type="button" data-action="zoomIn" aria-label="Zoom in" title="Zoom in (+)">+</button>
        <button type="button" data-action="sideBySide" aria-pressed="false" title="Two maps side by side (s)">Side by side</button></div>
        </div>
        """

    private static func panel(_ index: Int, _ name: String) -> String {
        """
        <section class="panel" data-panel="\(index)" aria-label="\(name) map">
        <div class="pickers">
        <label class="field">Show <select data-choice="show"></select></label>
        <label class="field">Class <select data-choice="class"></select></label>
        <label class="field">Target <select data-choice="target"></select></label>
        <label class="field">Method <select data-choice="method"></select></label>
        <label class="field">Layer <select data-choice="layer"></select></label>
        <label class="field">Channels <select data-choice="reduction"></select></label>
        </div>
        <div class="frame"><canvas class="canvas" tabindex="0" role="img" data-part="canvas"></canvas>
        <div class="marker" hidden data-part="marker"></div><p class="words" hidden data-part="words"></p></div>
        <div class="scale" data-part="scale"><canvas class="bar" width="256" height="1" data-part="bar" aria-hidden="true"></canvas>
        <div class="ticks"><span data-part="low"></span><span data-part="middle"></span><span data-part="high"></span></div></div>
        <div class="caption"><span data-part="caption"></span><output class="value" data-part="value"></output></div>
        </section>
        """
    }

    private static let help = """
        <dialog id="help" aria-labelledby="help-head"><h2 id="help-head">Keyboard shortcuts</h2><dl>
        <dt><kbd>j</kbd> <kbd>k</kbd> or <kbd>↓</kbd> <kbd>↑</kbd></dt><dd>next, previous detection</dd>
        <dt><kbd>v</kbd></dt><dd>change what is shown: explanation, heatmap, layer, image</dd>
        <dt><kbd>m</kbd> <kbd>M</kbd></dt><dd>next, previous method (or class, or reduction of channels)</dd>
        <dt><kbd>[</kbd> <kbd>]</kbd></dt><dd>previous, next layer</dd>
        <dt><kbd>w</kbd></dt><dd>change the target: score, width and so on</dd>
        <dt><kbd>s</kbd></dt><dd>two maps side by side</dd>
        <dt><kbd>x</kbd></dt><dd>switch the keys to the other side</dd>
        <dt><kbd>c</kbd> <kbd>C</kbd></dt><dd>next, previous colormap</dd>
        <dt><kbd>o</kbd> <kbd>O</kbd></dt><dd>more, less opaque</dd>
        <dt><kbd>r</kbd></dt><dd>change the range of the colours</dd>
        <dt><kbd>b</kbd></dt><dd>boxes: all, selected, none</dd>
        <dt><kbd>i</kbd></dt><dd>smooth, or cell by cell</dd>
        <dt><kbd>n</kbd></dt><dd>show values below zero</dd>
        <dt><kbd>f</kbd></dt><dd>fade low values</dd>
        <dt><kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd></dt><dd>zoom; drag to move, turn the wheel to zoom</dd>
        <dt><kbd>Shift</kbd> + arrows</dt><dd>read cell by cell, while an image has the focus</dd>
        <dt><kbd>p</kbd> <kbd>P</kbd></dt><dd>next, previous image</dd>
        <dt><kbd>t</kbd></dt><dd>light or dark theme</dd>
        <dt><kbd>?</kbd></dt><dd>show these shortcuts</dd>
        </dl><form method="dialog"><button>Close</button></form></dialog>
        """
}
