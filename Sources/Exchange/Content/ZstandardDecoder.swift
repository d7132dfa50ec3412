import CZstd

/// Decodes zstd content under limits. Frames that follow one another are joined; anything else is refused, frames of the formats
/// before RFC 8878 and skippable ones among it.
struct ZstandardDecoder: ~Copyable {
    /// Output is taken in pieces of this size, in bytes; a limit is overshot by no more.
    private static let pieceBytes = 64 << 10

    private let stream: OpaquePointer
    private let limits: DecodingLimits
    private var piece: [UInt8]
    private var bytesIn = 0
    private var bytesOut = 0
    /// Whether a frame has begun and not ended.
    private var isOpen = false

    init(limits: DecodingLimits = .init()) throws(ZstandardError) {
        guard let stream = ZSTD_createDCtx() else { throw .noMemory }
        self.stream = stream
        self.limits = limits
        piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Zstandard.maximumWindowLog)
    }

    deinit { ZSTD_freeDCtx(stream) }

    /// Appends what the content decodes to.
    /// - Parameter content: whole.
    /// - Throws: ``ZstandardError``; the decoder is of no use afterwards.
    mutating func decode(_ content: [UInt8], into out: inout [UInt8]) throws(ZstandardError) {
        var position = 0
        var mayHoldOutput = false
        var frames = 0
        while position < content.count || mayHoldOutput {
            if !isOpen {
                guard content[position...].starts(with: Self.magic) else {
                    throw content.count - position < Self.magic.count
                        ? .truncated : frames == 0 ? .notZstandard : .damaged
                }
                isOpen = true
                frames += 1
            }
            let (taken, made) = try step(content, from: position, into: &out)
            position += taken
            mayHoldOutput = isOpen && made == Self.pieceBytes
        }
        guard !isOpen, frames > 0 else { throw .truncated }
    }

    /// How a frame begins (RFC 8878 section 3.1.1).
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// One call of libzstd: how many bytes it took, and how many it made.
    private mutating func step(
        _ content: [UInt8], from start: Int, into out: inout [UInt8]
    ) throws(ZstandardError) -> (taken: Int, made: Int) {
        let stream = stream
        var input = ZSTD_inBuffer(src: nil, size: content.count, pos: start)
        var output = ZSTD_outBuffer(dst: nil, size: Self.pieceBytes, pos: 0)
        let result = content.withUnsafeBytes { bytes in
            piece.withUnsafeMutableBytes { room in
                input.src = bytes.baseAddress
                output.dst = room.baseAddress
                return ZSTD_decompressStream(stream, &output, &input)
            }
        }
        guard ZSTD_isError(result) == 0 else { throw Self.error(result) }
        bytesIn += input.pos - start
        bytesOut += output.pos
        isOpen = result != 0
        try checkLimits()
        out.append(contentsOf: piece[..<output.pos])
        return (input.pos - start, output.pos)
    }

    private static func error(_ result: Int) -> ZstandardError {
        switch ZSTD_getErrorCode(result) {
        case ZSTD_error_frameParameter_windowTooLarge: .windowTooLarge
        case ZSTD_error_memory_allocation: .noMemory
        default: .damaged
        }
    }

    private func checkLimits() throws(ZstandardError) {
        guard bytesOut <= limits.decodedBytes else { throw .tooLarge(limit: limits.decodedBytes) }
        guard bytesOut <= limits.ratioFloor || bytesOut <= bytesIn * limits.ratio else {
            throw .ratioExceeded(limit: limits.ratio)
        }
    }
}
