/// Splitting and joining batches along the first axis.
extension Tensor {
    /// The first item, without the batch axis.
    package var firstItem: Tensor { item(0) }

    /// The item at a position, without the batch axis.
    package func item(_ index: Int) -> Tensor { items(index..<index + 1).reshaped(Array(shape.dropFirst())) }

    /// Returns a range of items, with the batch axis.
    package func items(_ range: Range<Int>) -> Tensor {
        if range == 0..<shape[0] { return self }
        let size = shape.dropFirst().reduce(1, *)
        return withElements {
            Tensor([range.count] + shape.dropFirst(), elements: $0[range.lowerBound * size..<range.upperBound * size])
        }
    }

    /// Returns the first items.
    package func prefix(_ count: Int) -> Tensor { items(0..<count) }

    /// Returns the only item, repeated.
    package func repeated(_ count: Int) -> Tensor { Tensor(joining: [Tensor](repeating: self, count: count)) }

    /// Concatenates batches.
    package init(joining parts: [Tensor]) {
        guard parts.count != 1 else {
            self = parts[0]
            return
        }
        let shape = Array(parts.first?.shape.dropFirst() ?? [])
        self.init(uninitialized: [parts.reduce(0) { $0 + $1.shape[0] }] + shape)
        withMutableElements { target in
            var place = 0
            for part in parts {
                part.withElements { source in
                    _ = target[place...].update(fromContentsOf: source)
                    place += source.count
                }
            }
        }
    }
}
