internal import CCryptoBoringSSL

/// A running SHA-256 as a plain value: copying it costs 112 bytes and no allocation, which `Crypto.SHA256` pays each time. It is
/// the same BoringSSL beneath both (decision 0021).
public struct HashState: Sendable {
    private var context = SHA256_CTX()

    public init() { CCryptoBoringSSL_SHA256_Init(&context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        CCryptoBoringSSL_SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ words: SIMD4<UInt64>) { withUnsafeBytes(of: words) { update($0) } }

    public mutating func update(byte: UInt8) { withUnsafeBytes(of: byte) { update($0) } }

    /// The digest of all that came, its 32 bytes as they lie in memory; the state is used up.
    public consuming func words() -> SIMD4<UInt64> {
        var words = SIMD4<UInt64>()
        withUnsafeMutableBytes(of: &words) { out in
            _ = CCryptoBoringSSL_SHA256_Final(out.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
        }
        return words
    }
}

/// HMAC-SHA256 (RFC 2104; FIPS 198-1) under one key, whose schedule is computed once: a short text then costs two blocks.
public struct KeyedHash: Sendable {
    private static let blockBytes = 64

    private var inner = HashState()
    private var outer = HashState()

    /// - Parameter key: of any length; one of more than 64 bytes is hashed first, as the RFC has it.
    public init(key: [UInt8]) {
        var block = key.count > Self.blockBytes ? Self.hash(key) : key
        block += [UInt8](repeating: 0, count: Self.blockBytes - block.count)
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5C })
    }

    private static func hash(_ key: [UInt8]) -> [UInt8] {
        var state = HashState()
        state.update(key)
        return withUnsafeBytes(of: state.words()) { Array($0) }
    }

    /// The code over what `feed` puts in, its 32 bytes as they lie in memory.
    @inline(__always)
    public func words(_ feed: (inout HashState) -> Void) -> SIMD4<UInt64> {
        var state = inner
        feed(&state)
        var last = outer
        last.update(state.words())
        return last.words()
    }
}
