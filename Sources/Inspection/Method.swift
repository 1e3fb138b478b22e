/// The methods that explain a target, by the names that users choose them by; each is a function in a file of its own.
public enum Method: String, CaseIterable, Sendable {
    /// ``classActivationMap(activation:weights:)``
    case cam
    /// ``gradCAM(activation:gradient:)``
    case gradCAM = "grad-cam"
    /// ``gradCAMPlusPlus(activation:gradient:)``
    case gradCAMPlusPlus = "grad-cam++"
    /// ``xGradCAM(activation:gradient:)``
    case xGradCAM = "xgrad-cam"
    /// ``hiResCAM(activation:gradient:)``
    case hiResCAM = "hires-cam"
    /// ``layerCAM(activation:gradient:)``
    case layerCAM = "layer-cam"
    /// ``elementWiseGradCAM(activation:gradient:)``
    case elementWiseGradCAM = "element-wise-grad-cam"
    /// ``eigenCAM(activation:)``
    case eigenCAM = "eigen-cam"
    /// ``eigenGradCAM(activation:gradient:)``
    case eigenGradCAM = "eigen-grad-cam"
    /// ``scoreCAM(activation:input:score:batchSize:)``
    case scoreCAM = "score-cam"
    /// ``ablationCAM(activation:score:ablatedScores:)``
    case ablationCAM = "ablation-cam"
    /// ``groupCAM(activation:gradient:input:score:groups:)``
    case groupCAM = "group-cam"
    /// ``fullGradient(input:inputGradient:layers:)``
    case fullGrad = "full-grad"
    /// ``inputGradientMap(gradient:)``
    case inputGradient = "input-gradient"
    /// ``smoothGrad(input:gradients:samples:noise:seed:)``
    case smoothGrad = "smooth-grad"
    /// ``integratedGradients(input:baseline:gradients:steps:)``
    case integratedGradients = "integrated-gradients"
    /// ``occlusion(input:score:window:stride:fill:)``
    case occlusion
    /// ``rise(input:score:masks:cells:probability:seed:)``
    case rise
    /// ``randomMap(rows:columns:seed:)``, which explains nothing: a trivial baseline that a method must beat.
    case random
    /// ``centerGaussianMap(rows:columns:)``, a trivial baseline that assumes objects are in the middle of the image.
    case centerGaussian = "center-gaussian"

    /// Finds a method by name, ignoring case, dashes and spaces.
    public init?(named name: String) {
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "+" } }
        guard let found = Self.allCases.first(where: { plain($0.rawValue) == plain(name) }) else { return nil }
        self = found
    }

    /// What a method looks at.
    public enum Subject: Sendable {
        /// The activations of layers: a map for each.
        case layers
        /// The input itself: a single map, independent of the layers.
        case input
    }

    /// What the method looks at.
    public var subject: Subject {
        switch self {
        case .fullGrad, .inputGradient, .smoothGrad, .integratedGradients, .occlusion, .rise, .random, .centerGaussian:
            .input
        default: .layers
        }
    }

    /// Whether the map is the same for every target.
    public var ignoresTarget: Bool { [.eigenCAM, .random, .centerGaussian].contains(self) }

    /// Whether the method needs the target's gradient at a layer.
    var needsLayerGradient: Bool {
        switch self {
        case .gradCAM, .gradCAMPlusPlus, .xGradCAM, .hiResCAM, .layerCAM, .elementWiseGradCAM, .eigenGradCAM, .groupCAM:
            true
        default: false
        }
    }
}

/// The options of all methods.
public struct MethodOptions: Hashable, Sendable {
    /// The random seed.
    public var seed: UInt64 = 1
    /// Group-CAM's groups of channels.
    public var groups = 32
    /// SmoothGrad's noisy copies.
    public var smoothGradSamples = 25
    /// SmoothGrad's noise, as a share of the input's range.
    public var smoothGradNoise = 0.15
    /// Integrated Gradients' steps from the baseline to the input.
    public var integrationSteps = 50
    /// The side of the square that occlusion covers, as a share of the input's side.
    public var occlusionWindow = 0.125
    /// How far that square moves, as a share of its side.
    public var occlusionStride = 0.5
    /// RISE's masks.
    public var riseMasks = 1000
    /// RISE's coarse cells along each side.
    public var riseCells = 8
    /// The share of the input that a RISE mask keeps.
    public var riseProbability = 0.5

    /// The published defaults where there are any.
    public init() {}
}
