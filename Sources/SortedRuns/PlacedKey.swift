/// The front of a key beside the place of its entry.
struct PlacedKey {
    let prefix: UInt64
    let place: UInt32
}

extension [PlacedKey] {
    /// From how many keys on they are spread over buckets first.
    private static let many = 8_192
    /// Keys of a bucket that are put in order by insertion.
    private static let few = 16

    /// Sorts by prefixes, and by `isLess` where they are equal.
    ///
    /// Keys begin with hashes, so that their first 16 bits spread them evenly over as many buckets (one pass of a radix sort). Where
    /// they do not, a bucket costs what sorting costs otherwise.
    mutating func sort(_ isLess: (PlacedKey, PlacedKey) -> Bool) {
        func precedes(_ left: PlacedKey, _ right: PlacedKey) -> Bool {
            left.prefix != right.prefix ? left.prefix < right.prefix : isLess(left, right)
        }
        guard count >= Self.many else { return sort(by: precedes) }
        var start = 0
        for end in spread() {
            defer { start = end }
            if end - start > Self.few {
                self[start..<end].sort(by: precedes)
            } else if end - start > 1 {
                insert(start..<end, precedes)
            }
        }
    }

    /// Puts keys of one bucket side by side.
    /// - Returns: where each bucket ends.
    private mutating func spread() -> [Int] {
        var places = [Int](repeating: 0, count: 1 << 16)
        for key in self { places[key.bucket] += 1 }
        var end = 0
        for bucket in places.indices {
            let start = end
            end += places[bucket]
            places[bucket] = start
        }
        let keys = self
        for key in keys {
            self[places[key.bucket]] = key
            places[key.bucket] += 1
        }
        return places
    }

    private mutating func insert(_ range: Range<Int>, _ precedes: (PlacedKey, PlacedKey) -> Bool) {
        for place in range.dropFirst() {
            let key = self[place]
            var free = place
            while free > range.lowerBound, precedes(key, self[free - 1]) {
                self[free] = self[free - 1]
                free -= 1
            }
            self[free] = key
        }
    }
}

extension PlacedKey {
    fileprivate var bucket: Int { Int(truncatingIfNeeded: prefix >> 48) }
}
