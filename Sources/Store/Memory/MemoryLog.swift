import AuditLog
import Interchange

/// The audit log of a store in memory.
struct MemoryLog: Sendable {
    private var appender = AuditAppender()
    private var stored: [[UInt8]] = []
    private var tiles: [Int: [UInt64: [UInt8]]] = [:]
    private var salts: [[UInt8]: UInt64] = [:]

    var size: UInt64 { UInt64(stored.count) }
    var root: Digest256 { appender.tiles.root }

    func tile(level: Int, index: UInt64) -> [UInt8]? { tiles[level]?[index] }

    func entries(from first: UInt64, limit: Int) -> [StoredEntry] {
        stored.indices.dropFirst(Int(clamping: first)).prefix(limit).map {
            StoredEntry(sequence: UInt64($0), bytes: stored[$0])
        }
    }

    /// Whether the log would take them all.
    /// - Throws: ``StoreError`` `invalid`.
    func check(_ acts: [Act]) throws {
        for act in acts {
            var entry = AuditEntry(act, subject: nil)
            entry.nonce = AuditNonce(high: 1, low: 1)
            if act.subject != nil { entry.subject = .leaf([]) }
            do { try entry.validate() } catch { throw StoreError(database: error) }
        }
    }

    /// - Parameter subject: what the person is looked up by.
    /// - Returns: the entry's sequence number.
    @discardableResult
    mutating func append(
        _ act: Act, subject: [UInt8]? = nil, using generator: inout any RandomNumberGenerator & Sendable
    ) throws -> UInt64 {
        var pseudonym: Digest256?
        if let person = subject ?? act.subject { pseudonym = self.pseudonym(of: person, using: &generator) }
        do {
            let appended = try appender.append(AuditEntry(act, subject: pseudonym), using: &generator)
            stored.append(appended.bytes)
            for tile in appender.tiles.takeChangedTiles() { tiles[tile.level, default: [:]][tile.index] = tile.bytes }
            return appended.sequence
        } catch {
            throw StoreError(database: error)
        }
    }

    private mutating func pseudonym(
        of person: [UInt8], using generator: inout any RandomNumberGenerator & Sendable
    ) -> Digest256 {
        let salt: UInt64 = salts[person] ?? generator.next()
        salts[person] = salt
        return Digest256(hashing: withUnsafeBytes(of: salt) { [UInt8]($0) })
    }
}

extension AuditEntry {
    fileprivate init(_ act: Act, subject: Digest256?) {
        self.init(
            time: act.at.milliseconds, event: act.event, actor: act.actor, purpose: act.purpose?.rawValue,
            caseReference: act.caseReference, subject: subject, object: act.object, batch: act.batch?.description,
            outcome: act.outcome, evidence: act.evidence, details: act.details)
    }
}
