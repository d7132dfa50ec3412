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

    public mutating func update(_ digest: Digest256) { withUnsafeBytes(of: digest) { update($0) } }

    public mutating func update(byte: UInt8) { withUnsafeBytes(of: byte) { update($0) } }

    /// The digest of all that came; the state is used up.
    public consuming func finish() -> Digest256 {
        var digest = Digest256.zero
        withUnsafeMutableBytes(of: &digest) { out in
            _ = CCryptoBoringSSL_SHA256_Final(out.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
        }
        return digest
    }
}

/// HMAC-SHA256 (RFC 2104) under one key, whose schedule is computed once: a short text then costs two blocks.
public struct KeyedHash: Sendable {
    private static let blockBytes = 64

    private var inner = HashState()
    private var outer = HashState()

    /// - Parameter key: at most 64 bytes; a longer one is hashed, as the RFC has it.
    public init(key: [UInt8]) {
        var block = key.count > Self.blockBytes ? Digest256(hashing: key).bytes : key
        block += [UInt8](repeating: 0, count: Self.blockBytes - block.count)
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5C })
    }

    /// The code over what `feed` puts in.
    @inline(__always)
    public func code(_ feed: (inout HashState) -> Void) -> Digest256 {
        var state = inner
        feed(&state)
        var last = outer
        last.update(state.finish())
        return last.finish()
    }

    public func code(over bytes: [UInt8]) -> Digest256 { code { $0.update(bytes) } }
}
