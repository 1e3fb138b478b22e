import Inspection
import JSON
import Testing

@Suite struct FaithfulnessTableTests {
    private func row(
        _ method: String, at layer: String? = nil, floor: Bool = false, flat: Int = 0, _ values: [Double]
    ) -> FaithfulnessTable.Row {
        FaithfulnessTable.Row(
            method: method, layer: layer, isBaseline: floor,
            maps: [FaithfulnessScores(Dictionary(uniqueKeysWithValues: zip(FaithfulnessMeasure.allCases, values)))],
            flatMapCount: flat)
    }

    private var table: FaithfulnessTable {
        FaithfulnessTable(rows: [
            row("Grad-CAM", at: "up.0", [0.30, 0.60, 40, 10, 80, 30, 2]),
            row("LayerCAM", at: "up.0", [0.20, 0.70, 30, 20, 95, 50, 3]),
            row("LayerCAM", at: "stem", flat: 1, [0.45, 0.40, 70, 5, 50, 20, 1]),
            row("random", floor: true, [0.40, 0.50, 60, 0, 10, 8, 0]),
            row("center", floor: true, [0.50, 0.45, 50, 2, 30, 15, 0]),
        ])
    }

    @Test func floorsAreBeatenOnEveryMeasureOrNotAtAll() {
        #expect(table.beatsBaselines.map(\.name) == ["Grad-CAM at up.0", "LayerCAM at up.0"])
        for (index, measure) in FaithfulnessMeasure.ofFaithfulness.enumerated() {
            // Equalling a baseline on one measure is not enough.
            var values = [0.2, 0.7, 30, 20, 95, 50]
            values[index] = [0.40, 0.50, 50, 2, 30, 15][index]
            let spoiled = FaithfulnessTable(rows: table.rows + [row("spoiled", values + [1])])
            #expect(!spoiled.beatsBaselines.contains { $0.method == "spoiled" }, "\(measure)")
        }
        #expect(
            !FaithfulnessTable(rows: table.rows + [row("unmeasured", [0.1])]).beatsBaselines.contains {
                $0.method == "unmeasured"
            })
    }

    @Test func aMeasureThatTellsNothingDoesNotCount() {
        let same = FaithfulnessTable(rows: [
            row("A", [0.3, 0.6, 40, 0, 80, 30, 2]), row("random", floor: true, [0.4, 0.5, 60, 0, 10, 8, 0]),
        ])
        #expect(!same.tellingMeasures.contains(.increase) && same.beatsBaselines.map(\.name) == ["A"])
        let mute = FaithfulnessTable(rows: [row("A", [1, 1, 1, 1, 1, 1, 1]), row("B", [1, 1, 1, 1, 1, 1, 2])])
        #expect(mute.beatsBaselines.isEmpty && mute.recommendation == "No measure tells the methods apart.")
    }

    @Test func oneSentenceRecommends() {
        #expect(
            table.recommendation
                == "LayerCAM at up.0 explains this model best: of 2 that beat the baselines on every measure, its mean rank of 1.0 is the best."
        )
        let weak = FaithfulnessTable(rows: Array(table.rows.dropFirst(2)))
        #expect(
            weak.recommendation
                == "No method beats the baselines on every measure: LayerCAM at stem comes closest, with 3 of 6, and should not be trusted alone."
        )
        #expect(FaithfulnessTable(rows: []).recommendation == nil)
        let lone = FaithfulnessTable(rows: Array(table.rows.dropFirst()))
        #expect(
            lone.recommendation
                == "LayerCAM at up.0 explains this model best: it alone beats the baselines on every measure.")
        let baseless = FaithfulnessTable(rows: Array(table.rows.prefix(3)))
        #expect(baseless.beatsBaselines.isEmpty)
        #expect(
            baseless.recommendation
                == "LayerCAM at up.0 compares best, by its mean rank of 1.0; only baselines could show whether it explains anything."
        )
        // Ties go to the first one, not to the one that happened to be faster.
        let twins = FaithfulnessTable(rows: [
            row("first", [1, 2, 3, 4, 5, 6, 9]), row("second", [1, 2, 3, 4, 5, 6, 1]),
        ])
        #expect(twins.recommendation == "No measure tells the methods apart.")
        let rivals = FaithfulnessTable(rows: twins.rows + [table.rows[3]])
        #expect(rivals.recommendation?.hasPrefix("No method beats the baselines on every measure: first ") == true)
    }

    @Test func theTableReadsAsOne() {
        #expect(
            table.text == """
                method    layer  deletion ↓   insertion ↑   drop % ↓   increase % ↑   pointing % ↑   energy % ↑   ms ↓
                Grad-CAM  up.0        0.300         0.600       40.0           10.0           80.0         30.0    2.0
                LayerCAM  up.0        0.200*        0.700*      30.0*          20.0*          95.0*        50.0*   3.0
                LayerCAM  stem        0.450         0.400       70.0            5.0           50.0         20.0    1.0*
                (random)              0.400         0.500       60.0            0.0           10.0          8.0    0.0
                (center)              0.500         0.450       50.0            2.0           30.0         15.0    0.0

                * best of its column
                means over 1 map per row
                LayerCAM at stem: 1 of 1 maps is flat
                \(table.recommendation ?? "")
                """)
    }

    @Test func theTableIsJSONToo() throws {
        let json = table.json
        let rows = try json["rows"].array()
        #expect(try rows.map { try $0["beatsBaselines"].bool() } == [true, true, false, false, false])
        #expect(try rows[1]["deletion"].number() == 0.2 && rows[0]["layer"].string() == "up.0")
        #expect(try rows[3]["layer"] == .null)
        #expect(try json["recommendation"].string() == table.recommendation)
        #expect(FaithfulnessTable(rows: [row("bare", [0.5])]).json.text().contains("\"energyInBox\":null"))
    }

    @Test func meansSkipWhatWasNotMeasured() {
        let mean = FaithfulnessScores.mean([
            FaithfulnessScores([.deletion: 0.2, .insertion: 1]), FaithfulnessScores([.deletion: 0.4]),
        ])
        #expect(abs(mean[.deletion] - 0.3) < 1e-12 && mean[.insertion] == 1 && mean[.energyInBox].isNaN)
        let one = FaithfulnessScores(
            deletion: FaithfulnessCurve(shares: [0, 1], scores: [1, 0]),
            insertion: FaithfulnessCurve(shares: [0, 1], scores: [0, 2]),
            change: ConfidenceChange(unchanged: 0.5, explained: 0.75), pointing: 0.5, energy: 0.25, milliseconds: 4)
        #expect(FaithfulnessMeasure.allCases.map { one[$0] } == [0.5, 1, 0, 100, 50, 25, 4])
    }
}
