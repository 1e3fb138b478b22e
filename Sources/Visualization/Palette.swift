import Foundation

/// Colours for classes: vivid enough for dark micrographs and daylight photographs, and all different.
public enum Palette {
    /// The colour of a class; any number of classes get different colours.
    public static func color(_ classIndex: Int) -> Color {
        colors.indices.contains(classIndex) ? colors[classIndex] : spun(classIndex)
    }

    private static let chosen: [Color] = [
        0xff4b3e, 0x1e9bff, 0x2fc45f, 0xffb000, 0xa461ff, 0x00c8c8, 0xff6fc0, 0xa8d62e, 0x4a55ff, 0xc9793b, 0xffe94d,
        0xb3c0cc,
    ].map(Color.init(hex:))

    /// The hand-picked colours, followed each time by the one that is least like all before it.
    private static let colors: [Color] = {
        var candidates: [(color: Color, place: OKLab, distance: Double)] = []
        for lightness in stride(from: 0.5, through: 0.9, by: 0.1) {
            for hue in 0..<48 {
                guard let color = vivid(lightness: lightness, hue: Double(hue) * .pi / 24) else { continue }
                candidates.append((color, OKLab(color), .infinity))
            }
        }
        var colors: [Color] = []
        func take(_ color: Color) {
            colors.append(color)
            let place = OKLab(color)
            for index in candidates.indices {
                candidates[index].distance = min(
                    candidates[index].distance, candidates[index].place.distance(to: place))
            }
        }
        chosen.forEach(take)
        while colors.count < 128, let next = candidates.max(by: { $0.distance < $1.distance }) { take(next.color) }
        return colors
    }()

    /// Steps around the hues by the golden angle, which never repeats a hue.
    private static func spun(_ index: Int) -> Color {
        let lightness = 0.55 + 0.3 * (Double(index) * 0.7548776662).truncatingRemainder(dividingBy: 1).magnitude
        let gray = Color(red: lightness, green: lightness, blue: lightness)
        return vivid(lightness: lightness, hue: 2.399963229728653 * Double(index)) ?? gray
    }

    /// The most vivid sRGB colour of a hue.
    private static func vivid(lightness: Double, hue: Double) -> Color? {
        for chroma in stride(from: 0.22, through: 0.02, by: -0.01) {
            if let color = OKLab(lightness: lightness, chroma: chroma, hue: hue).color { return color }
        }
        return nil
    }
}
