import Foundation

/// Colours for classes: vivid enough for dark micrographs and daylight photographs, no two alike.
public enum Palette {
    /// The colour of a class; any number of classes has colours of their own.
    public static func color(_ classIndex: Int) -> Color {
        classIndex >= 0 && classIndex < chosen.count ? chosen[classIndex] : generated(classIndex - chosen.count)
    }

    private static let chosen: [Color] = [
        0xff4b3e, 0x1e9bff, 0x2fc45f, 0xffb000, 0xa461ff, 0x00c8c8, 0xff6fc0, 0xa8d62e, 0x4a55ff, 0xc9793b, 0xffe94d,
        0xb3c0cc,
    ].map(Color.init(hex:))

    /// Around the hues by the golden angle, which never comes back to where it was, on three levels of lightness.
    private static func generated(_ index: Int) -> Color {
        let lightness = [0.70, 0.56, 0.84][abs(index) % 3] + 0.02 * Double(abs(index) / 3 % 3)
        let hue = 2.399963229728653 * Double(index) + 0.6
        // The most vivid colour of this hue that a screen shows.
        for chroma in stride(from: 0.22, through: 0.02, by: -0.01) {
            if let color = OKLab(lightness: lightness, chroma: chroma, hue: hue).color { return color }
        }
        return Color(red: lightness, green: lightness, blue: lightness)
    }
}
