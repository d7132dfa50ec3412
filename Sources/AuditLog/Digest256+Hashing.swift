import Hashing

extension HashState {
    public mutating func update(_ digest: Digest256) { withUnsafeBytes(of: digest) { update($0) } }

    /// The digest of all that came; the state is used up.
    public consuming func finish() -> Digest256 { Digest256(words: words()) }
}

extension KeyedHash {
    /// The code over what `feed` puts in.
    public func code(_ feed: (inout HashState) -> Void) -> Digest256 { Digest256(words: words(feed)) }

    public func code(over bytes: [UInt8]) -> Digest256 { code { $0.update(bytes) } }
}

extension Digest256 {
    fileprivate init(words: SIMD4<UInt64>) { self = withUnsafeBytes(of: words) { Digest256(reading: $0) } }
}
