import AuditLog
import Exchange
import Foundation
import Interchange
import Store

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
        let logs = try await OwnLogs(store, audit, now)
        let own = try logs.log(evidence.closedLog)
        var entries: [EvidenceFile.LoggedEntry] = []
        for sequence in Self.told(evidence) { entries += try await own.logged(sequence).map { [$0] } ?? [] }
        let ids = [evidence.requestSignature, evidence.receiptSignature].compactMap {
            $0.flatMap { KeptSignature($0) }?.keyID
        }
        let history = TrustHistory(try await store.approvalHistory(), audit.logs)
        var keys: [EvidenceFile.SigningKey] = []
        for key in history.signing where ids.contains(key.terms.key.keyID) {
            keys.append(try await stated(key, logs))
        }
        let others = history.logs(of: evidence.peer).map {
            EvidenceFile.Log(owner: evidence.peer.description, origin: $0.name, key: $0.description)
        }
        return EvidenceFile(
            evidence, receipt: receipt, province: audit.province, at: now, keys: keys, logs: logs.stated + others,
            entries: entries, theirs: await theirs(evidence, receipt),
            witnesses: audit.logs.witnesses.map(\.description), quorum: audit.logs.quorum)
    }

    /// Of a batch that was sent the attempt and its receipt; of one that came, the entry over its results.
    private static func told(_ evidence: BatchEvidence) -> [UInt64] {
        guard let entries = evidence.entries else { return [] }
        return evidence.isSent ? Array(entries) : [entries.upperBound]
    }

    private func stated(_ key: TrustHistory.Key, _ logs: OwnLogs) async throws -> EvidenceFile.SigningKey {
        let entry = try await logs.approval(of: key.approved.digest)
        return EvidenceFile.SigningKey(
            owner: key.terms.owner.description, jwk: key.terms.key.jwk, from: key.terms.validity.from.description,
            until: key.terms.validity.until?.description, entry: entry,
            approved: entry == nil ? nil : key.approved.form)
    }

    /// Nil for a batch that came: the receiver's log is our own then.
    private func theirs(_ evidence: BatchEvidence, _ receipt: [UInt8]) async -> ReadLeaves? {
        guard evidence.isSent else { return nil }
        guard let told = try? Receipt(decoding: receipt) else { return .missing("the receipt cannot be read") }
        guard let client = audit.witness(evidence.peer) else {
            return .missing("the audit log of \(evidence.peer) is not configured")
        }
        return await LeafReader(client: client).read(told.audit)
    }
}

/// Our own log, and those that were closed: each with a checkpoint to show entries under.
private struct OwnLogs {
    private let live: OwnLog
    /// By number.
    private let closed: [Int: OwnLog]

    init(_ store: any Store, _ audit: AuditDesk, _ now: Instant) async throws {
        let quorum = audit.logs.quorum
        let newest = try await store.cosigned(try await audit.notary.checkpoint(at: now))
        live = OwnLog(
            owner: audit.province, key: audit.notary.signer.verifierKey, reader: store,
            checkpoint: try await store.cosignedCheckpoint(ofAtLeast: 0, cosignatures: quorum), newest: newest)
        var closed: [Int: OwnLog] = [:]
        for log in try await store.closedLogs() {
            let reader = try ClosedLogReader(path: audit.storePath, log: log.number)
            guard let key = try? NoteVerifierKey(parsing: log.reopening.closed),
                let newest = try await reader.cosignedCheckpoint(ofAtLeast: 0, cosignatures: 0)
            else { continue }
            closed[log.number] = OwnLog(
                owner: audit.province, key: key, reader: reader,
                checkpoint: try await reader.cosignedCheckpoint(ofAtLeast: 0, cosignatures: quorum), newest: newest)
        }
        self.closed = closed
    }

    /// - Throws: ``StoreError`` `notFound` for a closed log under which nothing was ever signed.
    func log(_ number: Int?) throws -> OwnLog {
        guard let number else { return live }
        guard let log = closed[number] else {
            throw StoreError(
                .notFound, "the closed audit log \(number) has no checkpoint", remedy: "there is no evidence to show")
        }
        return log
    }

    var stated: [EvidenceFile.Log] { ([live] + closed.sorted { $0.key < $1.key }.map(\.value)).map(\.stated) }

    /// The entry with which what has this digest came into force, wherever it is.
    func approval(of digest: Digest256) async throws -> EvidenceFile.LoggedEntry? {
        for log in [live] + closed.sorted(by: { $0.key > $1.key }).map(\.value) {
            for event in [AuditEvent.keyChanged, .peerChanged] {
                if let entry = try await log.reader.administrativeEntry(event, .digest, digest.base64) {
                    return try await log.logged(entry.sequence)
                }
            }
        }
        return nil
    }
}

/// One log of ours as evidence shows its entries.
private struct OwnLog {
    let owner: Province
    let key: NoteVerifierKey
    let reader: any AuditReading & AuditProving
    /// The newest that enough witnesses cosigned; nil when none did.
    let checkpoint: SignedCheckpoint?
    let newest: SignedCheckpoint

    var stated: EvidenceFile.Log {
        EvidenceFile.Log(owner: owner.description, origin: key.name, key: key.description)
    }

    /// Under the witnessed checkpoint if that covers it, else under the newest.
    func logged(_ sequence: UInt64) async throws -> EvidenceFile.LoggedEntry? {
        let over = [checkpoint, newest].compactMap(\.self).first { sequence < $0.size }
        guard let over, let stored = try await reader.auditEntries(from: sequence, limit: 1).first,
            stored.sequence == sequence
        else { return nil }
        let (leaf, path) = try await reader.inclusion(of: sequence, size: over.size)
        return EvidenceFile.LoggedEntry(
            entry: String(decoding: stored.bytes, as: UTF8.self),
            proof: InclusionStatement(
                origin: key.name, index: sequence, size: over.size, leaf: leaf, root: over.root, path: path,
                checkpoint: over.note))
    }
}
