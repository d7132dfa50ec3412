import CZstd

/// Why content could not be encoded to, or decoded from, zstd.
public enum ZstandardError: Error, Sendable, Hashable, CustomStringConvertible {
    case notZstandard
    case damaged
    case truncated
    /// A frame that would need a decoder's window over ``Zstandard/maximumWindowLog``.
    case windowTooLarge
    case tooLarge(limit: Int)
    case ratioExceeded(limit: Int)
    case noMemory

    public var description: String {
        switch self {
        case .notZstandard: "The content is not zstd."
        case .damaged: "The zstd content is damaged."
        case .truncated: "The zstd content ends too early."
        case .windowTooLarge: "The zstd content needs a window over 8 MiB."
        case .tooLarge(let limit): "The decoded content is over the limit of \(limit) bytes."
        case .ratioExceeded(let limit): "The content is compressed more than \(limit) to 1."
        case .noMemory: "There is no memory for zstd."
        }
    }

    var wireError: WireError {
        switch self {
        case .tooLarge, .ratioExceeded: WireError(.bodyTooLarge, description)
        case .notZstandard, .damaged, .truncated, .windowTooLarge: WireError(.batchUnreadable, description)
        case .noMemory: WireError(.busy, description, retryAfterSeconds: 1)
        }
    }
}

/// zstd (RFC 8878) in memory, as the content encoding `zstd` (RFC 9659) has it.
public enum Zstandard {
    /// The level on the wire: measured as the best trade of time for size.
    public static let wireLevel: Int32 = 1
    /// The largest window that a decoder gives, as a power of two: 8 MiB, the bound of RFC 9659.
    public static let maximumWindowLog: Int32 = 23

    /// One frame with a checksum: the same content gives the same bytes.
    public static func compress(_ content: [UInt8], level: Int32 = wireLevel) throws(ZstandardError) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw .noMemory }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        var failed = false
        let out = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(content.count)) { room, count in
            let written = ZSTD_compress2(context, room.baseAddress, room.count, content, content.count)
            failed = ZSTD_isError(written) != 0
            count = failed ? 0 : written
        }
        guard !failed else { throw .noMemory }
        return out
    }

    /// Every frame of the content, joined.
    public static func decompress(
        _ content: [UInt8], limits: DecodingLimits = .init()
    ) throws(ZstandardError) -> [UInt8] {
        var decoder = try ZstandardDecoder(limits: limits)
        var out: [UInt8] = []
        out.reserveCapacity(min(limits.decodedBytes, max(content.count, 256) * 6))
        try decoder.decode(content, into: &out)
        return out
    }
}
