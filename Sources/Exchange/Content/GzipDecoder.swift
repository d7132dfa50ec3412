import CZlib

/// Decodes gzip piece by piece, under limits. Members that follow one another are joined; anything else after one is refused.
public struct GzipDecoder: ~Copyable {
    /// Output is taken from zlib in pieces of this size, in bytes; a limit is overshot by no more.
    private static let pieceBytes = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>
    private let limits: DecodingLimits
    private var piece: [UInt8]
    private var bytesIn = 0
    private var bytesOut = 0
    private var isBetweenMembers = true
    private var members = 0

    public init(limits: DecodingLimits = .init()) throws(GzipError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_inflate_init_gzip(stream) == Z_OK else {
            stream.deallocate()
            throw .noMemory
        }
        self.stream = stream
        self.limits = limits
        piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Appends what the piece decodes to.
    /// - Throws: `GzipError`; the decoder is of no use afterwards.
    public mutating func decode(_ content: [UInt8], into out: inout [UInt8]) throws(GzipError) {
        var position = 0
        var mayHoldOutput = false
        while position < content.count || mayHoldOutput {
            if isBetweenMembers {
                guard content[position] == 0x1F else { throw members == 0 ? .notGzip : .trailingBytes }
                if members > 0, inflateReset(stream) != Z_OK { throw .damaged }
                isBetweenMembers = false
            }
            let before = bytesOut
            position += try step(content, from: position, into: &out)
            mayHoldOutput = !isBetweenMembers && bytesOut - before == Self.pieceBytes
        }
    }

    /// - Throws: `truncated` when a member has not ended, or none has begun.
    public mutating func finish() throws(GzipError) {
        guard isBetweenMembers, members > 0 else { throw .truncated }
    }

    /// One call of zlib; returns how many bytes it took.
    private mutating func step(_ content: [UInt8], from start: Int, into out: inout [UInt8]) throws(GzipError) -> Int {
        let stream = stream
        var taken = 0
        var made = 0
        let result = content.withUnsafeBytes { input in
            piece.withUnsafeMutableBytes { room in
                let available = input[min(start, input.count)...]
                let base = UnsafeRawBufferPointer(rebasing: available).baseAddress
                stream.pointee.next_in = UnsafeMutableRawPointer(mutating: base)?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(clamping: available.count)
                stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(room.count)
                let offered = Int(stream.pointee.avail_in)
                let result = inflate(stream, Z_NO_FLUSH)
                taken = offered - Int(stream.pointee.avail_in)
                made = room.count - Int(stream.pointee.avail_out)
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
                return result
            }
        }
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
            throw members > 0 && bytesInMember == 0 ? .trailingBytes : .damaged
        }
        bytesIn += taken
        bytesOut += made
        try checkLimits()
        out.append(contentsOf: piece[..<made])
        if result == Z_STREAM_END {
            isBetweenMembers = true
            members += 1
        }
        return taken
    }

    private var bytesInMember: Int { Int(stream.pointee.total_out) }

    private func checkLimits() throws(GzipError) {
        guard bytesOut <= limits.decodedBytes else { throw .tooLarge(limit: limits.decodedBytes) }
        guard bytesOut <= limits.ratioFloor || bytesOut <= bytesIn * limits.ratio else {
            throw .ratioExceeded(limit: limits.ratio)
        }
    }
}
