import Tensors

/// Where the objects of a scene are, how large they are, and which of them are alike.
struct SceneLayout: Sendable {
    /// An object to be painted.
    struct Place: Sendable {
        /// The centre and the circumradius in pixels.
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
    init(size: Int, genre: SceneStyle.Genre, classCount: Int, microscopic: [Int], _ random: inout SeededGenerator) {
        let side = Double(size)
        let isMicroscopic = (genre == .brightField || genre == .fluorescence) && !microscopic.isEmpty
        func someClass(_ random: inout SeededGenerator) -> Int {
            isMicroscopic && random.chance(0.8)
                ? random.element(of: microscopic) : random.integer(in: 0...classCount - 1)
        }
        let draw = random.uniform()
        if draw < (isMicroscopic ? 0.6 : 0.1) {
            addCrowd(side, someClass(&random), &random)
            for _ in 0..<random.integer(in: 0...3) {
                add(side, someClass(&random), random.logUniform(0.05, 0.25), kind: places.count, &random)
            }
            return
        }
        let count: Int
        let sizes: ClosedRange<Double>
        switch draw {
        case ..<0.68: (count, sizes) = (random.integer(in: 2...7), 0.06...0.7)
        case ..<0.82: (count, sizes) = (random.integer(in: 6...20), 0.03...0.4)
        case ..<0.89: (count, sizes) = (random.integer(in: 8...40), 0.03...0.08)
        case ..<0.98: (count, sizes) = (random.integer(in: 0...3), 0.03...0.3)
        default: (count, sizes) = (0, 0.03...0.3)
        }
        var drawn = (0..<count).map { _ in random.logUniform(sizes.lowerBound, sizes.upperBound) }
        // One huge object.
        if (0.89..<0.98).contains(draw) { drawn.append(random.uniform(0.5, 0.9)) }
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

    /// Adds many objects of one kind and about the same size, which touch each other.
    private mutating func addCrowd(_ side: Double, _ classIndex: Int, _ random: inout SeededGenerator) {
        let radius = random.logUniform(0.04, 0.2) * side / 2
        let spacing = radius * random.uniform(1.55, 2.3)
        let (density, jitter, spread) = (
            random.uniform(0.25, 1), random.uniform(0.1, 0.5) * radius, random.uniform(0, 0.2)
        )
        let axis = random.direction()
        var found: [Place] = []
        let reach = Int(side / spacing) + 2
        for row in -reach...reach {
            for column in -reach...reach where random.chance(density) {
                let x = (Double(column) + (row & 1 == 0 ? 0 : 0.5)) * spacing
                let place = Point(x, Double(row) * spacing * 0.87).turned(by: axis) + side / 2
                let center = place + random.direction() * jitter
                guard center.x > 0, center.y > 0, center.x < side, center.y < side else { continue }
                found.append(
                    Place(
                        center: center, radius: radius * (1 + spread * random.bell()), classIndex: classIndex, kind: 0))
            }
        }
        // No more than a detector returns.
        found.shuffle(using: &random)
        places += found.prefix(90)
    }
}
