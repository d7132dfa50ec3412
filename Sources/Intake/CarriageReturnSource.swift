/// Lines that end with CR alone, as old Macintosh programs write them, read as lines that end with LF. Byte for byte, so
/// that places in the file stay what they are.
final class CarriageReturnSource: ByteSource {
    private let source: any ByteSource

    private init(_ source: any ByteSource) { self.source = source }

    /// The source itself, unless its first ``sampleBytes`` have a CR and no LF.
    ///
    /// - Throws: ``IntakeError/Code/unreadable``, ``IntakeError/Code/limit``.
    static func wrapping(_ source: any ByteSource, limits: IntakeLimits) throws(IntakeError) -> any ByteSource {
        var window = ByteWindow(source, chunkBytes: limits.chunkBytes)
        while window.count < sampleBytes, !window.isLast { try window.fill() }
        try source.rewind()
        let isAlone = window.withBytes { $0.contains(0x0D) && !$0.contains(0x0A) }
        return isAlone ? CarriageReturnSource(source) : source
    }

    private static let sampleBytes = 64 << 10

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IntakeError) -> Int {
        let count = try source.read(into: buffer)
        for place in 0..<count where buffer[place] == 0x0D { buffer[place] = 0x0A }
        return count
    }

    func rewind() throws(IntakeError) { try source.rewind() }
}
