import JSON
import Testing

/// Expected values are computed by hand.
@Suite("The choices of the viewer's script", .enabled(if: Node.isInstalled, "there is no Node.js on the PATH"))
struct ScriptChoiceTests {
    private func map(_ minimum: Double, _ maximum: Double, missing: Int = 0) -> JSONValue {
        [
            "rows": 2, "columns": 3, "minimum": .number(minimum), "maximum": .number(maximum),
            "missing": .integer(missing), "flat": false, "flatness": nil,
        ]
    }

    private func explanation(_ target: String, _ method: String, _ layer: String, _ map: JSONValue) -> JSONValue {
        [
            "detection": 0, "target": .string(target), "method": .string(method), "layer": .string(layer), "map": map,
            "milliseconds": 12.5,
        ]
    }

    private var image: JSONValue {
        [
            "name": "first",
            "explanations": [
                explanation("score", "Grad-CAM", "early", map(0, 1)),
                explanation("score", "Grad-CAM", "late", map(-1, 4)),
                explanation("width", "LayerCAM", "late", map(0, 2)),
                explanation("width", "Grad-CAM", "late", map(0, 8)),
            ],
            "features": [
                ["layer": "early", "reductions": [["name": "mean", "map": map(1, 3)]], "components": nil],
                [
                    "layer": "late",
                    "reductions": [["name": "mean", "map": map(0, 5)], ["name": "norm", "map": map(0, 9)]],
                    "components": ["rows": 4, "columns": 5],
                ],
            ],
            "heatmaps": ["predicted": [map(0, 0.5), map(0, 0.75)], "true": nil],
        ]
    }

    @Test("A choice that exists is kept, otherwise the first option is chosen")
    func wishes() throws {
        let seen = try Node.run(
            """
            return {
              wished: [wished([3, 5], 5), wished([3, 5], 4), wished([], 1) ?? "none"], unique: unique([2, 1, 2]),
              next: [["a", 1], ["c", 1], ["a", -1], ["z", 1]].map(([value, by]) => next(["a", "b", "c"], value, by)),
            };
            """)
        #expect(try seen["wished"] == [5, 3, "none"])
        #expect(try seen["unique"] == [2, 1])
        #expect(try seen["next"] == ["b", "a", "c", "a"])
    }

    @Test("An explanation is chosen by target, then method, then layer")
    func explanations() throws {
        let seen = try Node.run(
            settings: [("firstLayer", "late")], images: [image],
            """
            const seen = (more) => {
              const { options, picked, map, alike, caption, words } = resolve({ ...newChoice("explanation"), ...more });
              return { options, picked, highest: map && map.maximum, alike: alike?.map((each) => each.maximum), caption, words };
            };
            return {
              first: seen({}), width: seen({ target: "width" }), unknown: seen({ method: "Score-CAM", layer: "none" }),
              unexplained: seen({ detection: 1 }), missing: seen({ show: "true" }),
            };
            """)
        let kinds: JSONValue = ["explanation", "predicted", "features", "image"]
        #expect(
            try seen["first"] == [
                "options": [
                    "show": kinds, "target": ["score", "width"], "method": ["Grad-CAM"], "layer": ["early", "late"],
                ],
                "picked": ["show": "explanation", "target": "score", "method": "Grad-CAM", "layer": "late"],
                // All maps of this method at this layer, whatever they explain.
                "highest": 4, "alike": [4, 8], "caption": "2 × 3 cells · 12.5 ms · raw from −1 to 4",
            ])
        #expect(try seen["width"]["picked"]["method"] == "LayerCAM")
        #expect(try seen["width"]["options"]["method"] == ["LayerCAM", "Grad-CAM"])
        #expect(try seen["unknown"]["picked"]["method"] == "Grad-CAM")
        #expect(try seen["unknown"]["picked"]["layer"] == "early")
        #expect(try seen["unexplained"]["words"] == "This detection was not explained.")
        // There is no ground-truth heatmap.
        #expect(try seen["missing"]["picked"]["show"] == "explanation")
    }

    @Test("Feature maps are chosen by layer and reduction, heatmaps by class")
    func layersAndClasses() throws {
        let seen = try Node.run(
            images: [image],
            """
            const seen = (show, more) => {
              const { options, picked, map, alike, caption } = resolve({ ...newChoice(show), ...more });
              return [options.reduction ?? options.class, picked.reduction ?? picked.class ?? null, map && map.maximum,
                (alike ?? []).map((each) => each.maximum), caption];
            };
            return [
              seen("features", { layer: "late", reduction: "mean" }), seen("features", { layer: "early", reduction: "norm" }),
              seen("features", { layer: "late", reduction: "first 3 components" }), seen("predicted", { classIndex: 1 }),
              seen("predicted", { classIndex: 7 }),
            ];
            """)
        let late: JSONValue = ["mean", "norm", "first 3 components"]
        #expect(
            seen == [
                [late, "mean", 5, [3, 5], "2 × 3 cells"], [["mean"], "mean", 3, [3, 5], "2 × 3 cells"],
                [late, "first 3 components", nil, [], "4 × 5 cells"],
                [[0, 1], 1, 0.75, [0.5, 0.75], "2 × 3 cells · highest 0.75"],
                [[0, 1], 0, 0.5, [0.5, 0.75], "2 × 3 cells · highest 0.5"],
            ])
    }

    @Test("The colours' range is that of the map, of both maps or of all alike; undrawn negative values are zero")
    func ranges() throws {
        let seen = try Node.run(
            """
            const map = (minimum, maximum, missing = 0) => ({ rows: 2, columns: 3, minimum, maximum, missing });
            const shown = { map: map(-1, 4), alike: [map(-1, 4), map(-3, 2), map(-9, 9, 6)] };
            const all = [shown, { map: map(2, 7) }, { map: null }];
            return ["own", "shown", "alike"].map((range) => {
              state.range = range;
              return [rangeOf(shown, all), rangeOf({ ...shown, isRectified: true }, all)]
                .map(({ low, high }) => [low, high]);
            });
            """)
        // The last map has no finite values, so its range counts nowhere.
        #expect(seen == [[[-1, 4], [0, 4]], [[-1, 7], [0, 7]], [[-3, 4], [0, 4]]])
    }

    @Test("A map that is not coloured says why")
    func words() throws {
        let seen = try Node.run(
            """
            const range = { low: 0, high: 1 };
            const map = (minimum, maximum, more = {}) =>
              ({ rows: 2, columns: 3, minimum, maximum, missing: 0, flat: false, flatness: null, ...more });
            const words = (one, more = {}, between = range) => wordsFor({ map: one, ...more }, between);
            return [
              words(map(0, 1)), words(map(0, 0, { missing: 6 })), words(map(-2, -1), { isRectified: true }), words(map(-2, -1)),
              words(map(0.25, 0.25, { flat: true, flatness: "flat: nothing contributes" })),
              words(map(1, 1.0000001, { flat: true })), words(map(0, 1), {}, { low: 2, high: 2 }), words(null),
              words(null, { words: "No data." }),
            ];
            """)
        #expect(
            seen == [
                "", "This map has no finite values.",
                "No value is above zero: nothing here supports the target. “Below zero” shows what counts against it.",
                "",
                "Flat: nothing contributes. All values are 0.25.",
                "Flat: there is nothing to colour. All values lie between 1 and 1.",
                "All values in this range are equal: there is nothing to colour.", "", "No data.",
            ])
    }

    @Test("Numbers have four significant digits, and a power of ten only if needed")
    func numbers() throws {
        let seen = try Node.run(
            "return [0, 1234.56, -2.5, 0.001, 0.00012344, 99999, 100000, -3e-9, NaN, Infinity].map(formatted);")
        #expect(
            seen == [
                "0", "1235", "−2.5", "0.001", "1.234e−4", "100000", "1.000e+5", "−3.000e−9", "not finite",
                "not finite",
            ])
    }
}
