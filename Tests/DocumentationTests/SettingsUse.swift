import JSON
import Settings
import Testing

extension CatalogueUses {
    @Test func settings() throws {
        struct Pace: Sendable { var epochs = 10, rate = 0.1 }
        let settings: [Setting<Pace>] = [
            Setting("epochs", \.epochs, "How often the training split is seen.", .from(1, to: 1000)),
            Setting("rate", \.rate, "The learning rate.", .aboveZero),
        ]
        var pace = Pace()
        let isUnderstood = settings[0].read(20, &pace)
        let problems = settings.compactMap { $0.problem(pace) }
        #expect(isUnderstood && pace.epochs == 20 && problems.isEmpty)
    }
}
