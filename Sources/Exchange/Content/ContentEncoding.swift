/// How the content of a batch is encoded on the wire.
public enum ContentEncoding: String, Sendable, Hashable, CaseIterable {
    /// No `Content-Encoding`.
    case identity
    case gzip
    case zstd

    /// Those that a gateway takes beside none, in the order in which it prefers them; what capabilities say.
    public static let preferred: [ContentEncoding] = [.zstd, .gzip]

    /// What stands in `Content-Encoding`; nil for none.
    public var fieldValue: String? { self == .identity ? nil : rawValue }

    /// - Parameter field: the one `Content-Encoding`, or nil when there is none.
    /// - Throws: `WireError` `ENCODING_UNSUPPORTED`.
    public init(field: String?) throws(WireError) {
        switch field?.lowercased() {
        case nil: self = .identity
        case "gzip": self = .gzip
        case "zstd": self = .zstd
        default: throw WireError(.encodingUnsupported, "The content encoding is not one of: gzip, zstd.")
        }
    }

    /// - Throws: `WireError` `BUSY` when there is no memory for the encoder.
    public func encode(_ content: [UInt8]) throws(WireError) -> [UInt8] {
        switch self {
        case .identity: return content
        case .gzip:
            do { return try Gzip.compress(content) } catch { throw error.wireError }
        case .zstd:
            do { return try Zstandard.compress(content) } catch { throw error.wireError }
        }
    }

    /// - Throws: `WireError`: `BODY_TOO_LARGE` over a limit, `BATCH_UNREADABLE` for what is not of the encoding.
    public func decode(_ content: [UInt8], limits: DecodingLimits) throws(WireError) -> [UInt8] {
        switch self {
        case .identity:
            guard content.count <= limits.decodedBytes else {
                throw WireError(.bodyTooLarge, "The content is over the limit of \(limits.decodedBytes) bytes.")
            }
            return content
        case .gzip:
            do { return try Gzip.decompress(content, limits: limits) } catch { throw error.wireError }
        case .zstd:
            do { return try Zstandard.decompress(content, limits: limits) } catch { throw error.wireError }
        }
    }
}
