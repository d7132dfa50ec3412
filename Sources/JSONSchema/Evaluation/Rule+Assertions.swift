import JSONTape

extension Rule {
    /// What is wrong with the instance by an assertion; nil when it holds or the rule is no assertion.
    func failure(of view: JSONView) -> Failure? {
        switch self {
        case .type(let types, let names):
            return types.contains(view) ? nil : Failure(message: "the value must be of type \(names)")
        case .constant(let value):
            return value.equals(view) ? nil : Failure(message: "the value is not the one that is allowed")
        case .enumeration(let values):
            return values.contains(view) ? nil : Failure(message: "the value is not one of those that are allowed")
        default: break
        }
        switch view.kind {
        case .integer, .number: return numberFailure(view)
        case .string: return stringFailure(view)
        case .array: return arrayFailure(view)
        case .object: return objectFailure(view)
        default: return nil
        }
    }

    private func numberFailure(_ view: JSONView) -> Failure? {
        switch self {
        case .bound(let bound):
            if let small = bound.small, view.kind == .integer, let value = view.integer {
                return bound.allows(value, small: small) ? nil : bound.failure
            }
            return bound.allows(ExactNumber(view)) ? nil : bound.failure
        case .multipleOf(let divisor):
            return ExactNumber(view).isMultiple(of: divisor) ? nil : Failure(message: "the number is not a multiple")
        default: return nil
        }
    }

    private func stringFailure(_ view: JSONView) -> Failure? {
        switch self {
        case .length(let bound):
            return bound.allows(view.characterCount) ? nil : bound.failure("characters")
        case .pattern(let pattern):
            return pattern.matches(view) ? nil : Failure(message: "the text does not match the pattern")
        case .format(let format):
            return format.allows(view) ? nil : Failure(message: "the text is no \(format.rawValue)")
        default: return nil
        }
    }

    private func arrayFailure(_ view: JSONView) -> Failure? {
        switch self {
        case .itemCount(let bound): return bound.allows(view.count) ? nil : bound.failure("items")
        case .uniqueItems: return view.hasUniqueItems ? nil : Failure(message: "two items are equal")
        default: return nil
        }
    }

    private func objectFailure(_ view: JSONView) -> Failure? {
        if case .memberCount(let bound) = self, !bound.allows(view.count) { return bound.failure("members") }
        return nil
    }
}

extension Enumeration {
    func contains(_ view: JSONView) -> Bool {
        view.kind == .string ? strings.find(view) != nil : others.contains { $0.equals(view) }
    }
}

extension NumberBound {
    fileprivate var failure: Failure {
        switch side {
        case .minimum, .exclusiveMinimum: Failure(message: "the number is too small")
        case .maximum, .exclusiveMaximum: Failure(message: "the number is too large")
        }
    }
}

extension CountBound {
    fileprivate func failure(_ what: String) -> Failure {
        switch self {
        case .atLeast(let limit): Failure(message: "there must be at least \(limit) \(what)")
        case .atMost(let limit): Failure(message: "there must be at most \(limit) \(what)")
        }
    }
}

extension JSONView {
    /// Unicode scalars of a string's text.
    var characterCount: Int {
        if !hasEscapes, isASCII { return length }
        return withUTF8(Self.scalarCount) ?? 0
    }

    private static func scalarCount(_ text: UnsafeRawBufferPointer) -> Int {
        var following = 0
        var position = 0
        while position + 8 <= text.count {
            // One bit for each byte 10xxxxxx, added up in the bytes' places until they are full.
            let end = min(text.count - 7, position + 255 * 8)
            var counts: UInt64 = 0
            while position < end {
                let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                counts &+= word >> 7 & ~(word >> 6) & 0x0101_0101_0101_0101
                position += 8
            }
            let pairs = (counts & 0x00FF_00FF_00FF_00FF) &+ (counts >> 8 & 0x00FF_00FF_00FF_00FF)
            following += Int((pairs &* 0x0001_0001_0001_0001) >> 48)
        }
        while position < text.count {
            if text[position] & 0xC0 == 0x80 { following += 1 }
            position += 1
        }
        return text.count - following
    }
}
