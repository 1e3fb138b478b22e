import Foundation
import JSON
import Testing

/// Headless Chromium, if it is installed.
enum Browser {
    /// The result of a script run on a page.
    struct Visit {
        /// The value returned by the script.
        let observations: JSONValue
        /// The console's messages: errors and any other output.
        let console: [String]
    }

    static let program = installedProgram(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])

    static var isInstalled: Bool { program != nil }

    /// Opens a copy of a page with a script at its end, which may await and returns its observations.
    static func visit(_ html: String, width: Int = 1400, height: Int = 900, script: String) throws -> Visit {
        let program = try #require(program)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-page-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appendingPathComponent("page.html")
        try Data(html.replacingOccurrences(of: "</body>", with: wrapped(script) + "</body>").utf8).write(to: page)
        let errors = folder.appendingPathComponent("err")
        try Data().write(to: errors)

        let process = Process()
        process.executableURL = program
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--user-data-dir=\(folder.path)/profile", "--window-size=\(width),\(height)", "--enable-logging=stderr",
            page.absoluteString,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        // The script reports its end on the console. The browser's virtual time would be an alternative, but it runs ahead of
        // frames, which are then never drawn.
        let end = ContinuousClock.now + .seconds(120)
        while process.isRunning && ContinuousClock.now < end {
            usleep(20_000)
            let log = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            guard let written = log.firstMatch(of: /OBSERVED ([A-Za-z0-9+\/=]*) END/) else { continue }
            let json = try #require(Data(base64Encoded: String(written.1)))
            return Visit(
                observations: try JSONValue(parsing: String(decoding: json, as: UTF8.self)),
                console: log.split(separator: "\n").map(String.init)
                    .filter { $0.contains(":CONSOLE") && !$0.contains("OBSERVED ") })
        }
        let log = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        throw BrowserError.noObservations(log: String(log.suffix(2000)))
    }

    /// Wraps the script in a function with helpers to press keys, set controls and read pixels.
    private static func wrapped(_ script: String) -> String {
        """
        <script>(async () => {
          const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          const find = (selector) => document.querySelector(selector);
          const canvas = (panel = 0) => find(`[data-panel="${panel}"] canvas.canvas`);
          const text = (name, panel = 0) => find(`[data-panel="${panel}"] [data-part="${name}"]`).textContent;
          const picker = (name, panel = 0) => find(`[data-panel="${panel}"] [data-choice="${name}"]`);
          const control = (name) => find(`[data-control="${name}"]`);
          // The page's images have been decoded once these copies have.
          const images = () => Promise.all([...document.querySelectorAll("[id^=viewer-image-]")].map((data) => {
            const image = new Image();
            image.src = JSON.parse(data.textContent).source;
            return image.decode();
          }));
          // The pixels of a canvas, read from a copy.
          const pixels = async (panel = 0) => {
            await frame();
            const copy = document.createElement("canvas");
            Object.assign(copy, { width: canvas(panel).width, height: canvas(panel).height });
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas(panel), 0, 0);
            return context.getImageData(0, 0, copy.width, copy.height);
          };
          // FNV-1a hash of the pixels.
          const look = async (panel = 0) => {
            const { data } = await pixels(panel);
            let hash = 0x811c9dc5;
            for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
            return String(hash >>> 0);
          };
          const press = (key, target = document.body, more = {}) =>
            target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
          const set = (element, value) => {
            if (element.type === "checkbox") element.checked = value; else element.value = value;
            element.dispatchEvent(new Event("input", { bubbles: true }));
          };
          // Where a point of an image of this size lies on the canvas, in CSS pixels from its corner.
          const onCanvas = (x, y, width, height, panel = 0) => {
            const { clientWidth, clientHeight } = canvas(panel);
            const scale = Math.min(clientWidth / width, clientHeight / height);
            return [(clientWidth - width * scale) / 2 + x * scale, (clientHeight - height * scale) / 2 + y * scale];
          };
          const point = (type, x, y, width, height, panel = 0) => {
            const place = canvas(panel).getBoundingClientRect();
            const [left, top] = onCanvas(x, y, width, height, panel);
            canvas(panel).dispatchEvent(new PointerEvent(type, {
              clientX: place.left + left, clientY: place.top + top, bubbles: true, pointerId: 1, button: 0 }));
          };
          let observed;
          try {
            await images();
            await frame();
            observed = await (async () => { \(script) })();
          } catch (error) {
            observed = { failure: String(error.stack) };
          }
          const bytes = new TextEncoder().encode(JSON.stringify(observed));
          console.log(`OBSERVED ${btoa(String.fromCharCode(...bytes))} END`);
        })();</script>
        """
    }
}

/// Returns the first of these programs that is on the PATH.
func installedProgram(_ names: [String]) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return names.flatMap { name in folders.map { URL(fileURLWithPath: "\($0)/\(name)") } }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }
}

enum BrowserError: Error {
    /// The script did not finish within two minutes, or the browser exited before.
    case noObservations(log: String)
}
