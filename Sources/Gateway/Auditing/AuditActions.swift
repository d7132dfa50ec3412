import AuditLog
import Foundation
import Interchange
import Store

/// A person reads or exports entries: a look that is itself an entry.
public struct ReadAudit: OperatorAction {
    public static let name = "audit-read"
    public static var isForAuditors: Bool { true }
    /// The most entries of one page.
    public static let mostEntries = 5_000

    public var filter: AuditFilter
    /// `<idType> <idNumber>` of the person who is searched for.
    public var subject: String?
    /// A record whose newest envelope is searched for.
    public var before: UInt64?
    public var limit: Int
    /// Entries before this one are not looked at.
    public var from: UInt64
    /// Csv or json when the page is exported; nil when it is looked at.
    public var format: String?

    public init(
        filter: AuditFilter, subject: String? = nil, before: UInt64? = nil, limit: Int, from: UInt64 = 0,
        format: String? = nil
    ) {
        (self.filter, self.subject, self.before) = (filter, subject, before)
        (self.limit, self.from, self.format) = (limit, from, format)
    }

    public struct Answer: Codable, Sendable {
        public struct Entry: Codable, Sendable {
            public var sequence: UInt64
            /// As it is stored: one JSON object.
            public var text: String
            /// Whether it was shown to be under the checkpoint.
            public var isVerified: Bool
        }
        /// Newest first.
        public var entries: [Entry]
        public var before: UInt64?
        /// The size of the checkpoint up to which the page was verified; entries from there on nothing signed vouches for.
        public var verifiedTo: UInt64
        public var checkpoint: String
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let now = desk.clock()
        let audit = try desk.auditDesk()
        var filter = filter
        var person: [UInt8]?
        if let subject {
            guard let asked = AskedSubject(subject) else { throw Self.badSubject }
            filter.subject = try await desk.store.pseudonym(of: asked.lookUpNumber, at: now).base64
            person = asked.lookUpNumber
        }
        let checkpoint = try await audit.notary.checkpoint(at: now)
        let page = try await desk.store.searchAudit(
            filter, before: before, limit: min(max(0, limit), Self.mostEntries), from: from)
        var entries: [Answer.Entry] = []
        for entry in page.entries {
            entries.append(
                Answer.Entry(
                    sequence: entry.sequence, text: String(decoding: entry.bytes, as: UTF8.self),
                    isVerified: try await isUnder(checkpoint, entry, desk.store)))
        }
        try await enter(entries.count, checkpoint, person, actor, now, desk.store)
        return Answer(
            entries: entries, before: page.before, verifiedTo: checkpoint.size, checkpoint: checkpoint.note)
    }

    private func isUnder(
        _ checkpoint: SignedCheckpoint, _ entry: StoredEntry, _ store: any Store
    ) async throws -> Bool {
        guard entry.sequence < checkpoint.size else { return false }
        let (_, path) = try await store.inclusion(of: entry.sequence, size: checkpoint.size)
        let shown: Void? = try? MerkleProof.verifyInclusion(
            of: .leaf(entry.bytes), at: entry.sequence, size: checkpoint.size, root: checkpoint.root, path: path)
        return shown != nil
    }

    private func enter(
        _ count: Int, _ checkpoint: SignedCheckpoint, _ person: [UInt8]?, _ actor: AuditActor, _ now: Instant,
        _ store: any Store
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var details: AuditDetails = [
            .filter: Digest256(hashing: Array(try encoder.encode(filter))).base64, .entries: "\(count)",
            .size: "\(checkpoint.size)",
        ]
        guard let format else {
            return try await store.record([
                Act(.auditViewed, actor: actor, at: now, subject: person, details: details)
            ])
        }
        details[.format] = format
        try await store.record([Act(.auditExported, actor: actor, at: now, details: details)])
    }

    static let badSubject = GatewayError(
        .mistakes, "the person's number is not one of its kind", remedy: "give `<idType> <idNumber>`")
}

/// Who asked about a person, told at a counter: itself an entry.
public struct ReadAccessLog: OperatorAction {
    public static let name = "audit-subject"
    public static var isForAuditors: Bool { true }
    /// `<idType> <idNumber>`.
    public var subject: String

    public init(subject: String) { self.subject = subject }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> AccessAnswer {
        guard let asked = AskedSubject(subject) else { throw ReadAudit.badSubject }
        let now = desk.clock()
        let log = try await desk.store.accessLog(
            of: asked.lookUpNumber, limit: AccessAnswer.mostInquiries, by: actor, at: now)
        // That an inquiry is deferred must not show to who could tell the person.
        let isAuditor = actor.organisation.hasPrefix("urn:yizhan:auditor:")
        let all = isAuditor ? try await desk.store.deferredInquiries(at: now) : 0
        return AccessAnswer(log, at: now, deferred: isAuditor ? (log.deferred, all) : nil)
    }
}

/// A checkpoint over all that is durable.
public struct SignCheckpoint: OperatorAction {
    public static let name = "audit-checkpoint"
    public static var isForAuditors: Bool { true }

    public init() {}

    public struct Answer: Codable, Sendable {
        public var size: UInt64
        public var note: String
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let checkpoint = try await desk.auditDesk().notary.checkpoint(at: desk.clock())
        return Answer(size: checkpoint.size, note: checkpoint.note)
    }
}

/// Removes entries that an archive file holds.
public struct RemoveArchived: OperatorAction {
    public static let name = "audit-archive"
    public var end: UInt64
    /// Base64 of the SHA-256 of the bundles.
    public var digest: String

    public init(end: UInt64, digest: String) { (self.end, self.digest) = (end, digest) }

    public struct Answer: Codable, Sendable {
        /// Entries before this one are gone from the store.
        public var firstKept: UInt64
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let (audit, now) = (try desk.auditDesk(), desk.clock())
        guard let digest = Digest256(base64: digest) else {
            throw GatewayError(.mistakes, "the digest is not SHA-256 in base64", remedy: "report this as a defect")
        }
        try await desk.store.removeEntries(
            before: end, archivedAs: digest, witnesses: audit.logs.quorum, olderThan: audit.oldest(at: now), by: actor,
            at: now)
        return Answer(firstKept: end)
    }
}
