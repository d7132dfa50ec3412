import AuditLog
import Exchange
import Foundation
import Interchange
import Store

/// What `yizhan audit evidence BATCH` writes: all that shows to a third party, offline and years later, that a batch went from
/// one province to another and what became of it. Never the payload: a holder of one envelope shows it by its digest.
public struct EvidenceFile: Codable, Sendable {
    public static let format = "yizhan-evidence/1"
    /// A longer file is refused, in bytes.
    public static let longest = 16 << 20

    /// A message's signature (RFC 9421).
    public struct Signature: Codable, Sendable {
        public var keyId: String
        /// Base64.
        public var signature: String
        /// The text that was signed.
        public var base: String
    }

    public struct SigningKey: Codable, Sendable {
        public var owner: String
        /// The public key (RFC 7517); its thumbprint is the key id.
        public var jwk: String
        public var from, until: String?
        /// The entry that brought it into force; nil when the log that was at hand has none.
        public var entry: LoggedEntry?
    }

    /// An entry with the proof that it stands in the log.
    public struct LoggedEntry: Codable, Sendable {
        /// As it is stored.
        public var entry: String
        public var proof: InclusionStatement
    }

    public struct Log: Codable, Sendable {
        public var owner, origin: String
        /// `name+hash+base64`.
        public var key: String
    }

    public var format: String
    public var batch: String
    /// `sha-256=:…:` of the batch's content as it travelled.
    public var contentDigest: String
    public var sender, receiver: String
    public var madeBy, madeAt: String
    /// By the sender over the batch, and by the receiver over the receipt; nil where this gateway did not keep it.
    public var request, response: Signature?
    /// The receipt's content, byte for byte.
    public var receipt: String
    public var signingKeys: [SigningKey]
    /// The logs of both, as far as their keys are known.
    public var logs: [Log]
    /// Entries of the log of who made this file.
    public var entries: [LoggedEntry]
    /// `name+hash+base64` of every configured witness of that log.
    public var witnesses: [String]
    /// How many cosignatures make it count as witnessed.
    public var quorum: Int

    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [0x0A]
    }

    /// - Throws: ``GatewayError`` `mistakes` for what is no evidence file.
    public init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= Self.longest, let file = try? JSONDecoder().decode(EvidenceFile.self, from: Data(bytes)),
            file.format == Self.format
        else {
            throw GatewayError(
                .mistakes, "this is no evidence file of the form \(Self.format)",
                remedy: "give what `yizhan audit evidence` wrote, unchanged")
        }
        self = file
    }

    init(
        _ evidence: BatchEvidence, receipt: [UInt8], province: Province, at now: Instant, keys: [SigningKey],
        logs: [Log], entries: [LoggedEntry], witnesses: [String], quorum: Int
    ) {
        format = Self.format
        batch = evidence.batch.description
        contentDigest = ContentDigest(bytes: evidence.contentDigest.bytes)?.description ?? ""
        sender = (evidence.isSent ? province : evidence.peer).description
        receiver = (evidence.isSent ? evidence.peer : province).description
        (madeBy, madeAt) = (province.description, now.description)
        request = evidence.requestSignature.flatMap { KeptSignature($0) }.map { Signature($0) }
        response = evidence.receiptSignature.flatMap { KeptSignature($0) }.map { Signature($0) }
        self.receipt = String(decoding: receipt, as: UTF8.self)
        (signingKeys, self.logs, self.entries) = (keys, logs, entries)
        (self.witnesses, self.quorum) = (witnesses, quorum)
    }
}

extension EvidenceFile.Signature {
    init(_ kept: KeptSignature) {
        self.init(
            keyId: kept.keyID, signature: Data(kept.signature).base64EncodedString(),
            base: String(decoding: kept.base, as: UTF8.self))
    }

    var kept: KeptSignature {
        KeptSignature(
            keyID: keyId, signature: Array(Data(base64Encoded: signature) ?? Data()), base: Array(base.utf8))
    }
}

/// Makes the evidence of a batch.
public struct MakeEvidence: OperatorAction {
    public static let name = "audit-evidence"
    public static var isForAuditors: Bool { true }
    public var batch: String
    /// Of a received batch whose id several peers used: who sent it.
    public var peer: String?

    public init(batch: String, peer: String? = nil) { (self.batch, self.peer) = (batch, peer) }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> EvidenceFile {
        let audit = try desk.auditDesk()
        guard let id = MessageID(batch) else {
            throw GatewayError(.mistakes, "a batch's id is a UUID", remedy: "take it from `yizhan queue list`")
        }
        let all = try await desk.store.evidence(of: id).filter { peer == nil || $0.peer.description == peer }
        guard let evidence = all.first, let receipt = evidence.receipt else {
            throw StoreError(
                .notFound, "there is no receipt of this batch", remedy: "wait until the batch is delivered")
        }
        return try await EvidenceMaker(store: desk.store, audit: audit, now: desk.clock()).make(evidence, receipt)
    }
}

/// Gathers what an evidence file holds.
struct EvidenceMaker {
    let store: any Store
    let audit: AuditDesk
    let now: Instant

    func make(_ evidence: BatchEvidence, _ receipt: [UInt8]) async throws -> EvidenceFile {
        let checkpoint = try await checkpoint(covering: evidence.entries.map { $0.upperBound + 1 } ?? 0)
        var entries: [EvidenceFile.LoggedEntry] = []
        for sequence in Self.told(evidence) { entries += try await logged(sequence, checkpoint).map { [$0] } ?? [] }
        let ids = [evidence.requestSignature, evidence.receiptSignature].compactMap {
            $0.flatMap { KeptSignature($0) }?.keyID
        }
        var keys: [EvidenceFile.SigningKey] = []
        for party in audit.signing where ids.contains(party.key.keyID) { keys.append(try await key(party, checkpoint)) }
        let notary = audit.notary
        let own = EvidenceFile.Log(
            owner: audit.province.description, origin: notary.origin, key: notary.signer.verifierKey.description)
        let others = audit.logs.logs.filter { $0.owner == evidence.peer }.map {
            EvidenceFile.Log(owner: $0.owner.description, origin: $0.origin, key: $0.key.description)
        }
        return EvidenceFile(
            evidence, receipt: receipt, province: audit.province, at: now, keys: keys, logs: [own] + others,
            entries: entries, witnesses: audit.logs.witnesses.map(\.description), quorum: audit.logs.quorum)
    }

    /// Of a batch that was sent the attempt and its receipt; of one that came, the entry over its results.
    private static func told(_ evidence: BatchEvidence) -> [UInt64] {
        guard let entries = evidence.entries else { return [] }
        return evidence.isSent ? Array(entries) : [entries.upperBound]
    }

    /// The newest that enough witnesses cosigned; else the newest there is.
    private func checkpoint(covering size: UInt64) async throws -> SignedCheckpoint {
        if let witnessed = try await store.cosignedCheckpoint(ofAtLeast: size, cosignatures: audit.logs.quorum) {
            return witnessed
        }
        return try await store.cosigned(try await audit.notary.checkpoint(at: now))
    }

    private func logged(
        _ sequence: UInt64, _ checkpoint: SignedCheckpoint
    ) async throws -> EvidenceFile.LoggedEntry? {
        guard sequence < checkpoint.size,
            let stored = try await store.auditEntries(from: sequence, limit: 1).first, stored.sequence == sequence
        else { return nil }
        let (leaf, path) = try await store.inclusion(of: sequence, size: checkpoint.size)
        return EvidenceFile.LoggedEntry(
            entry: String(decoding: stored.bytes, as: UTF8.self),
            proof: InclusionStatement(
                origin: audit.notary.origin, index: sequence, size: checkpoint.size, leaf: leaf, root: checkpoint.root,
                path: path, checkpoint: checkpoint.note))
    }

    private func key(
        _ party: AuditDesk.SigningParty, _ checkpoint: SignedCheckpoint
    ) async throws -> EvidenceFile.SigningKey {
        let entry = try await store.administrativeEntry(.keyChanged, .keyId, party.key.keyID)
        return EvidenceFile.SigningKey(
            owner: party.owner.description, jwk: party.key.jwk, from: party.validity?.from.description,
            until: party.validity?.until?.description,
            entry: entry == nil ? nil : try await logged(entry?.sequence ?? 0, checkpoint))
    }
}
