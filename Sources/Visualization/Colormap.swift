import Foundation

/// Colours for numbers from 0 to 1.
public enum Colormap: String, CaseIterable, Sendable {
    /// Dark violet over green to yellow: even steps, for colour-blind eyes, too (Smith and van der Walt, 2015).
    case viridis
    /// Black over red to a light yellow, by the same authors.
    case magma
    /// A rainbow without false edges (Mikhailov, 2019).
    case turbo
    /// The rainbow of old: dark blue, cyan, yellow, dark red.
    case jet
    /// Once around the hues: 0 and 1 are the same red.
    case hsv
    /// Black to white.
    case gray

    /// The colour of a number; what is below 0 or not a number counts as 0, what is above 1 as 1.
    public func color(_ value: Double) -> (r: UInt8, g: UInt8, b: UInt8) {
        let x = value > 0 ? min(value, 1) : 0
        let color =
            switch self {
            case .viridis: Self.polynomial(Self.viridisTerms, x)
            case .magma: Self.polynomial(Self.magmaTerms, x)
            case .turbo: Self.polynomial(Self.turboTerms, x)
            case .jet:
                Color(
                    red: 1.5 - abs(4 * x - 3), green: 1.5 - abs(4 * x - 2), blue: 1.5 - abs(4 * x - 1))
            case .hsv:
                Color(
                    red: abs(6 * x - 3) - 1, green: 2 - abs(6 * x - 2), blue: 2 - abs(6 * x - 4))
            case .gray: Color(red: x, green: x, blue: x)
            }
        return color.bytes
    }

    private typealias Term = (red: Double, green: Double, blue: Double)

    /// Horner's rule, the constant term first.
    private static func polynomial(_ terms: [Term], _ x: Double) -> Color {
        let sum = terms.reversed().reduce((0, 0, 0)) { sum, term in
            (sum.0 * x + term.red, sum.1 * x + term.green, sum.2 * x + term.blue)
        }
        return Color(red: sum.0, green: sum.1, blue: sum.2)
    }

    // Matt Zucker's fits to matplotlib's tables.
    private static let viridisTerms: [Term] = [
        (0.2777273272234177, 0.005407344544966578, 0.3340998053353061),
        (0.1050930431085774, 1.404613529898575, 1.384590162594685),
        (-0.3308618287255563, 0.214847559468213, 0.09509516302823659),
        (-4.634230498983486, -5.799100973351585, -19.33244095627987),
        (6.228269936347081, 14.17993336680509, 56.69055260068105),
        (4.776384997670288, -13.74514537774601, -65.35303263337234),
        (-5.435455855934631, 4.645852612178535, 26.3124352495832),
    ]
    private static let magmaTerms: [Term] = [
        (-0.002136485053939582, -0.000749655052795221, -0.005386127855323933),
        (0.2516605407371642, 0.6775232436837668, 2.494026599312351),
        (8.353717279216625, -3.577719514958484, 0.3144679030132573),
        (-27.66873308576866, 14.26473078096533, -13.64921318813922),
        (52.17613981234068, -27.94360607168351, 12.94416944238394),
        (-50.76852536473588, 29.04658282127291, 4.23415299384598),
        (18.65570506591883, -11.48977351997711, -5.601961508734096),
    ]
    // Google's own fit.
    private static let turboTerms: [Term] = [
        (0.13572138, 0.09140261, 0.10667330),
        (4.61539260, 2.19418839, 12.64194608),
        (-42.66032258, 4.84296658, -60.58204836),
        (132.13108234, -14.18503333, 110.36276771),
        (-152.94239396, 4.27729857, -89.90310912),
        (59.28637943, 2.82956604, 27.34824973),
    ]
}
