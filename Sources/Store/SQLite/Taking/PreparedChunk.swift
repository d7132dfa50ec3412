import AuditLog
import Interchange

/// An envelope's line where it lies in its ``PreparedSlice``.
struct WrittenLine: Sendable {
    let id: MessageID
    let digest: Digest256
    let span: Range<Int>
    /// Of the draft's person, should that be new, too.
    let name: NewPseudonym
    /// For the entry of its acceptance.
    let nonce: AuditNonce
}

/// What of neighbouring drafts of a chunk can be computed without knowing what is held, and if they are expected to be new, the
/// lines of their first versions, compressed for each peer.
struct PreparedSlice: Sendable {
    /// Drafts of a slice: as many as a segment has, so that its lines for one peer are one frame.
    static let size = SegmentInMaking.mostEnvelopes

    /// The lines for one peer, compressed.
    struct Frame: Sendable {
        var lines: Int
        var packed: [UInt8]
    }

    private(set) var drafts: [PreparedDraft] = []
    /// As many as there are drafts, or none.
    private(set) var lines: [WrittenLine] = []
    /// The lines, each with its newline.
    private(set) var text: [UInt8] = []
    private(set) var frames: [Province: Frame] = [:]

    /// - Parameters:
    ///   - drafts: with their places in the chunk.
    ///   - count: of the chunk's drafts.
    ///   - isNew: whether lines are written.
    init(_ drafts: ArraySlice<Draft>, of count: Int, isNew: Bool, at now: Instant, keys: StoreKeys) {
        self.drafts.reserveCapacity(drafts.count)
        for place in drafts.indices { self.drafts.append(PreparedDraft(drafts[place], keys: keys)) }
        guard isNew else { return }
        writeLines(of: drafts, of: count, at: now, keys: keys)
        pack(drafts)
    }

    private mutating func writeLines(of drafts: ArraySlice<Draft>, of count: Int, at now: Instant, keys: StoreKeys) {
        var (generator, lines) = (BlockRandom(), lines)
        lines.reserveCapacity(drafts.count)
        var room = 0
        for place in drafts.indices { room += drafts[place].fixed.count + Draft.mostBesideFixed + 1 }
        text = [UInt8](unsafeUninitializedCapacity: room) { out, written in
            for place in drafts.indices {
                // Ids of a chunk are in its order (RFC 9562, 6.2, a counter in `rand_a`): whoever keeps them keeps those of a batch together.
                let id = MessageID(at: now, random: (UInt64(place * 0x1000 / count), generator.next()))
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(out)[written...])
                let length = drafts[place].write(
                    lineOf: id, version: 1, salt: (generator.next(), generator.next()), to: rest)
                rest[length] = 0x0A
                lines.append(
                    WrittenLine(
                        id: id, digest: Digest256(hashing: UnsafeRawBufferPointer(rebasing: rest[..<length])),
                        span: written..<written + length, name: NewPseudonym(keys: keys, using: &generator),
                        nonce: AuditNonce(high: generator.next(), low: generator.next())))
                written += length + 1
            }
        }
        self.lines = lines
    }

    func line(at place: Int) -> ArraySlice<UInt8> { text[lines[place].span] }

    private mutating func pack(_ drafts: ArraySlice<Draft>) {
        guard let first = drafts.first?.to else { return }
        if drafts.allSatisfy({ $0.to == first }) {
            if let packed = try? Zstd.compress(text) { frames[first] = Frame(lines: lines.count, packed: packed) }
            return
        }
        var texts: [Province: (lines: Int, text: [UInt8])] = [:]
        for (draft, line) in zip(drafts, lines) {
            texts[draft.to, default: (0, [])].text += text[line.span.lowerBound...line.span.upperBound]
            texts[draft.to]?.lines += 1
        }
        for (peer, own) in texts {
            if let packed = try? Zstd.compress(own.text) { frames[peer] = Frame(lines: own.lines, packed: packed) }
        }
    }
}

/// A chunk with what was prepared of it.
struct PreparedChunk: Sendable {
    let slices: [PreparedSlice]

    private init(_ slices: [PreparedSlice]) { self.slices = slices }

    /// Hashes alone, at once: for the few drafts that an act makes within its transaction.
    init(hashing drafts: [Draft], at now: Instant, keys: StoreKeys) {
        slices = Self.ranges(of: drafts).map {
            PreparedSlice(drafts[$0], of: drafts.count, isNew: false, at: now, keys: keys)
        }
    }

    /// On as many cores as are free.
    /// - Parameter isNew: whether the drafts are expected to be new.
    static func make(of chunk: IntakeChunk, isNew: Bool, keys: StoreKeys) async -> PreparedChunk {
        let ranges = ranges(of: chunk.drafts)
        guard ranges.count > 1 else {
            return PreparedChunk(
                ranges.map {
                    PreparedSlice(chunk.drafts[$0], of: chunk.drafts.count, isNew: isNew, at: chunk.at, keys: keys)
                })
        }
        return await withTaskGroup(of: (Int, PreparedSlice).self) { group in
            for (place, range) in ranges.enumerated() {
                group.addTask {
                    (
                        place,
                        PreparedSlice(
                            chunk.drafts[range], of: chunk.drafts.count, isNew: isNew, at: chunk.at, keys: keys)
                    )
                }
            }
            var done: [(Int, PreparedSlice)] = []
            for await slice in group { done.append(slice) }
            return PreparedChunk(done.sorted { $0.0 < $1.0 }.map(\.1))
        }
    }

    private static func ranges(of drafts: [Draft]) -> [Range<Int>] {
        stride(from: 0, to: drafts.count, by: PreparedSlice.size).map { start in
            start..<min(start + PreparedSlice.size, drafts.count)
        }
    }

    subscript(place: Int) -> PreparedDraft { slices[place / PreparedSlice.size].drafts[place % PreparedSlice.size] }

    /// What a draft will be looked up by.
    func keys(of place: Int) -> (record: RecordBits, person: ShortHash) {
        let (slice, place) = (place / PreparedSlice.size, place % PreparedSlice.size)
        return (slices[slice].drafts[place].record.bits, slices[slice].drafts[place].lookup)
    }

    /// Nil when it was not written.
    func line(of place: Int) -> WrittenLine? {
        let (slice, place) = (place / PreparedSlice.size, place % PreparedSlice.size)
        return slices[slice].lines.isEmpty ? nil : slices[slice].lines[place]
    }
}
