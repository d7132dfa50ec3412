extension JSONView {
    /// A string's content as it stands between the quotes; empty for other values.
    @inlinable
    public var rawString: UnsafeRawBufferPointer {
        kind == .string
            ? UnsafeRawBufferPointer(start: content, count: length) : UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Whether ``rawString`` needs unescaping to be the string's text.
    @inlinable
    public var hasEscapes: Bool { node.flags.contains(.escapes) }

    /// Whether every byte of ``rawString`` is ASCII; an escape may still stand for another character.
    package var isASCII: Bool { !node.flags.contains(.nonASCII) }

    /// A string's text, unescaped; nil for other values. Allocates.
    public var string: String? { withUTF8 { String(decoding: $0, as: UTF8.self) } }

    /// Whether the value is a string of this text.
    public func stringEquals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { stringEquals(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the value is a string of this UTF-8.
    public func stringEquals(_ text: UnsafeRawBufferPointer) -> Bool {
        guard kind == .string else { return false }
        if hasEscapes { return escapedEquals(text) }
        guard length == text.count else { return false }
        guard let start = text.baseAddress else { return true }
        return sameBytes(content, start.assumingMemoryBound(to: UInt8.self), length)
    }

    private func escapedEquals(_ text: UnsafeRawBufferPointer) -> Bool {
        var unescaped = UnescapedBytes(node, in: bytes)
        for byte in text where unescaped.next() != byte { return false }
        return unescaped.next() == nil
    }

    /// Calls `body` with a string's text in UTF-8, unescaped; allocates only when there are escapes.
    ///
    /// - Returns: what `body` returns; nil, without a call, when the value is no string.
    public func withUTF8<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        guard kind == .string else { return nil }
        return hasEscapes ? try withUnescaped(body) : try body(rawString)
    }

    @inline(never)
    private func withUnescaped<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        var text: [UInt8] = []
        text.reserveCapacity(length)
        var unescaped = UnescapedBytes(node, in: bytes)
        while let byte = unescaped.next() { text.append(byte) }
        return try text.withUnsafeBytes(body)
    }
}
