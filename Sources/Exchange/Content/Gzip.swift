import CZlib

/// What decoding stops at.
public struct DecodingLimits: Sendable, Hashable {
    /// The most bytes that come out. Default 8 MiB.
    public var decodedBytes: Int
    /// The most bytes that come out for each that goes in. Default 200.
    public var ratio: Int
    /// Output below which the ratio does not matter, in bytes. Default 64 KiB.
    public var ratioFloor: Int

    public init(decodedBytes: Int = 8 << 20, ratio: Int = 200, ratioFloor: Int = 64 << 10) {
        self.decodedBytes = decodedBytes
        self.ratio = ratio
        self.ratioFloor = ratioFloor
    }
}

/// Why content could not be decoded.
public enum GzipError: Error, Sendable, Hashable, CustomStringConvertible {
    case notGzip
    case damaged
    case truncated
    case trailingBytes
    case tooLarge(limit: Int)
    case ratioExceeded(limit: Int)
    case noMemory

    public var description: String {
        switch self {
        case .notGzip: "The content is not gzip."
        case .damaged: "The gzip content is damaged."
        case .truncated: "The gzip content ends too early."
        case .trailingBytes: "Something follows the gzip content."
        case .tooLarge(let limit): "The decoded content is over the limit of \(limit) bytes."
        case .ratioExceeded(let limit): "The content is compressed more than \(limit) to 1."
        case .noMemory: "There is no memory for the decoder."
        }
    }

    var wireError: WireError {
        switch self {
        case .tooLarge, .ratioExceeded: WireError(.bodyTooLarge, description)
        case .notGzip, .damaged, .truncated, .trailingBytes: WireError(.batchUnreadable, description)
        case .noMemory: WireError(.busy, description)
        }
    }
}

/// gzip (RFC 1952) in memory.
public enum Gzip {
    /// The level on the wire: measured as the best trade of time for size.
    public static let wireLevel: Int32 = 1

    /// The most bytes that are compressed in one go.
    public static let maximumInput = 1 << 30

    /// One member without a name or time: the same content gives the same bytes.
    public static func compress(_ content: [UInt8], level: Int32 = wireLevel) throws(GzipError) -> [UInt8] {
        guard content.count <= maximumInput else { throw .tooLarge(limit: maximumInput) }
        var stream = z_stream()
        guard czlib_deflate_init_gzip(&stream, level) == Z_OK else { throw .noMemory }
        defer { deflateEnd(&stream) }
        // Room for everything at once, with the 12 bytes that the gzip frame adds to zlib's.
        let bound = Int(deflateBound(&stream, UInt(content.count))) + 32
        var result = Z_OK
        let out = [UInt8](unsafeUninitializedCapacity: bound) { room, count in
            content.withUnsafeBytes { input in
                stream.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(
                    to: UInt8.self)
                stream.avail_in = UInt32(input.count)
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(room.count)
                result = deflate(&stream, Z_FINISH)
                count = room.count - Int(stream.avail_out)
            }
        }
        guard result == Z_STREAM_END else { throw .noMemory }
        return out
    }

    /// Every member of the content, joined.
    public static func decompress(_ content: [UInt8], limits: DecodingLimits = .init()) throws(GzipError) -> [UInt8] {
        var decoder = try GzipDecoder(limits: limits)
        var out: [UInt8] = []
        out.reserveCapacity(min(limits.decodedBytes, max(content.count, 256) * 5))
        try decoder.decode(content, into: &out)
        try decoder.finish()
        return out
    }
}
