internal import CCryptoBoringSSL

/// Random bytes from BoringSSL's generator, which every key here comes from, too: CTR_DRBG with AES-256 (NIST SP 800-90A, 10.2.1), one for
/// each thread, seeded by the kernel.
public enum RandomBytes {
    public static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        // It ends the process rather than give less than was asked for.
        CCryptoBoringSSL_RAND_bytes(base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}
