import Tensors

/// Where the objects of a scene are, how large they are, and which of them are alike.
struct SceneLayout: Sendable {
    /// An object to be painted.
    struct Place: Sendable {
        /// The centre, and half the longer side, in pixels.
        var center: Point
        var radius: Double
        /// The object's class, a position in the data set's list.
        var classIndex: Int
        /// Objects with the same number are of the same kind: colours, pattern, outline.
        var kind: Int
    }

    /// The objects from back to front.
    private(set) var places: [Place] = []

    /// Creates a random layout.
    ///
    /// - Parameter microscopic: The classes of things under a microscope.
    init(size: Int, style: SceneStyle, classCount: Int, microscopic: [Int], _ random: inout SeededGenerator) {
        let side = Double(size)
        let isMicroscopic = style.isMicroscope && !microscopic.isEmpty
        func someClass(_ random: inout SeededGenerator) -> Int {
            isMicroscopic && random.chance(0.8)
                ? random.element(of: microscopic) : random.integer(in: 0...classCount - 1)
        }
        let draw = random.uniform()
        if draw < (isMicroscopic ? 0.6 : 0.08) {
            // Of one kind, or of some whose sizes differ.
            let kinds = random.chance(0.6) ? 1 : random.integer(in: 2...3)
            let members = (0..<kinds).map { kind in
                (classIndex: someClass(&random), scale: kind == 0 ? 1 : random.logUniform(0.5, 1.6))
            }
            addCrowd(side, style, members, &random)
            for _ in 0..<random.integer(in: 0...4) {
                add(side, someClass(&random), random.logUniform(0.05, 0.35), kind: places.count + kinds, &random)
            }
            return
        }
        let count: Int
        let sizes: ClosedRange<Double>
        switch draw {
        case ..<0.56: (count, sizes) = (random.integer(in: 2...7), 0.06...0.6)
        case ..<0.65: (count, sizes) = (random.integer(in: 1...4), 0.25...0.7)
        case ..<0.81: (count, sizes) = (random.integer(in: 6...20), 0.03...0.5)
        case ..<0.87: (count, sizes) = (random.integer(in: 8...40), 0.03...0.08)
        case ..<0.98: (count, sizes) = (random.integer(in: 0...3), 0.03...0.3)
        default: (count, sizes) = (0, 0.03...0.3)
        }
        var drawn = (0..<count).map { _ in random.logUniform(sizes.lowerBound, sizes.upperBound) }
        // One huge object.
        if (0.87..<0.98).contains(draw) { drawn.append(random.uniform(0.5, 0.9)) }
        // Small objects are mostly in front of large ones.
        let order = drawn.map { (size: $0, place: $0 * random.uniform(0.5, 1.5)) }.sorted { $0.place > $1.place }
        let repeats = random.chance(0.3)
        let shared = (0..<3).map { _ in someClass(&random) }
        for (index, item) in order.enumerated() {
            let kind = repeats ? index % 3 : index
            add(side, repeats ? shared[kind] : someClass(&random), item.size, kind: kind, &random)
        }
    }

    /// Adds an object at a free place; one that cannot be placed in twenty tries is left out.
    private mutating func add(
        _ side: Double, _ classIndex: Int, _ size: Double, kind: Int, _ random: inout SeededGenerator
    ) {
        let radius = size * side / 2
        // The centre is inside the image, the rest may extend beyond the border.
        let margin = min(radius * random.uniform(0.4, 1.1), side / 2)
        for _ in 0..<20 {
            let center = Point(random.uniform(margin, side - margin), random.uniform(margin, side - margin))
            let isCrowded = places.contains { other in
                // A small object may be in the middle of a large one.
                let reach = radius < 0.45 * other.radius ? 0 : 0.62 * (radius + other.radius)
                return (center - other.center).squaredLength < reach * reach
            }
            if !isCrowded {
                places.append(Place(center: center, radius: radius, classIndex: classIndex, kind: kind))
                return
            }
        }
    }

    /// Adds many objects of about the same size, which touch each other: everywhere, or in clumps.
    ///
    /// - Parameter members: The class and the relative size of each kind; the first one is the most frequent.
    private mutating func addCrowd(
        _ side: Double, _ style: SceneStyle, _ members: [(classIndex: Int, scale: Double)],
        _ random: inout SeededGenerator
    ) {
        let radius = random.logUniform(0.07, 0.3) * side / 2
        let spacing = radius * random.uniform(style.isMicroscope ? 1.3 : 1.7, 2.2)
        let (density, spread) = (random.uniform(0.4, 1), random.uniform(0, 0.2))
        let jitter = random.uniform(0.1, 0.6) * radius
        let clumping = random.chance(0.6) ? random.uniform(-1, 0.5) : -.infinity
        let (axis, offset) = (random.direction(), Point(random.uniform(), random.uniform()))
        var found: [Place] = []
        let reach = Int(side / spacing) + 2
        for row in -reach...reach {
            for column in -reach...reach where random.chance(density) {
                let x = (Double(column) + (row & 1 == 0 ? 0 : 0.5)) * spacing
                let place = Point(x, Double(row) * spacing * 0.87).turned(by: axis) + side / 2
                let center = place + random.direction() * jitter
                guard center.x > 0, center.y > 0, center.x < side, center.y < side else { continue }
                guard style.noise(offset + center * (0.4 / side)) > clumping else { continue }
                let kind = random.chance(0.7) ? 0 : random.integer(in: 0...members.count - 1)
                let scale = members[kind].scale * (1 + spread * random.bell())
                found.append(
                    Place(center: center, radius: radius * scale, classIndex: members[kind].classIndex, kind: kind))
            }
        }
        // No more than a detector returns.
        found.shuffle(using: &random)
        places += found.prefix(90)
    }
}
