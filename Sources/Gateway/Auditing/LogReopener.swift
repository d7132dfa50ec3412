import AuditLog
import Crypto
import Exchange
import Foundation
import Interchange
import Store

/// Goes on after entries of the audit log were lost, while no gateway runs: `yizhan audit reopen`. Two persons approve one digest;
/// the second one's approval closes the log as it is left and opens another under a new origin with a new key.
public struct LogReopener: Sendable {
    /// What is to be approved.
    public struct Plan: Sendable {
        public var reopening: LogReopening
        /// Where the new log's private key lies.
        public var keyFile: String
        /// Who approved it first; nil when nobody did.
        public var proposer: String?
        /// Peers that were not heard: they may hold a higher checkpoint.
        public var unheard: [Province]

        public var digest: Digest256 { reopening.approvable.digest }
        /// What the configuration must say from then on.
        public var settings: String {
            "audit: { origin: \(reopening.openedOrigin) }\nkeys: { audit: \(keyFile) }"
        }
    }

    private let configuration: GatewayConfiguration
    private let keys: KeyMaterial
    private let clock: WallClock
    private let kept: [KeptCheckpoint]
    private let ask: @Sendable (GatewayConfiguration.Peer) async -> PeerWord

    /// - Parameters:
    ///   - kept: checkpoints of the log that somebody kept, by who has them, beside those that a start left next to the store.
    ///   - ask: asks a peer for the newest checkpoint of this log that it holds.
    public init(
        _ configuration: GatewayConfiguration, clock: @escaping WallClock, kept: [KeptCheckpoint],
        ask: @escaping @Sendable (GatewayConfiguration.Peer) async -> PeerWord
    ) throws {
        self.configuration = configuration
        self.clock = clock
        self.kept = kept
        self.ask = ask
        keys = try KeyMaterial(configuration)
    }

    /// Looks at what is left and what others hold, and makes the new log's key if it is not there yet.
    /// - Throws: ``GatewayError``: `inUse` while a gateway runs; `mistakes` when nothing shows that entries were lost.
    public func plan() async throws -> Plan {
        try await withStore { try await plan(on: $0) }
    }

    /// Approves what ``plan()`` says, if its digest is this one.
    /// - Returns: the plan, and what the approval did.
    public func approve(_ digest: Digest256, by person: PersonCredential) async throws -> (Plan, ApprovalStep) {
        try await withStore { store in
            let plan = try await plan(on: store)
            guard plan.digest == digest else {
                throw GatewayError(
                    .mistakes, "what would be done is no longer what this digest says",
                    remedy: "look at it again with `yizhan audit reopen`, and approve \(plan.digest.base64)")
            }
            return (plan, try await store.reopenLog(plan.reopening, by: person.actor, at: clock()))
        }
    }

    private func withStore<Value>(_ body: (SQLiteStore) async throws -> Value) async throws -> Value {
        let lock = try StoreLock(store: configuration.storePath)
        let store = try SQLiteStore(
            path: configuration.storePath, keys: keys.store, maximumPages: configuration.limits.databasePages)
        do {
            let value = try await body(store)
            await store.close()
            withExtendedLifetime(lock) {}
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    private func plan(on store: SQLiteStore) async throws -> Plan {
        let closed = try await store.closedLogs()
        let own = keys.audit.verifierKey
        try StoredLog.check(closed.last, is: own)
        let size = try await store.auditSize()
        let words = await words()
        let statements = statements(words, own)
        var isBehind = false
        for held in statements where !isBehind { isBehind = try await contradicts(held, size, store) }
        guard isBehind,
            let highest = statements.max(by: { ($0.size, $1.holder) < ($1.size, $0.holder) })
        else {
            throw GatewayError(
                .mistakes, "nothing shows that entries of the audit log were lost: no checkpoint goes beyond it",
                remedy: "give the checkpoint that somebody holds with --checkpoint FILE, or start the gateway")
        }
        let number = closed.count + 2
        let origin = "\(closed.first?.origin ?? own.name)/\(number)"
        let file = try NewLogKey(number, beside: configuration.keys.audit)
        let reopening = LogReopening(
            closed: own.description, size: size, root: try await store.root(ofSize: size), held: highest,
            opened: try NoteSigner(name: origin, seed: file.seed).verifierKey.description)
        let proposer = try await store.proposals().first { $0.digest == reopening.approvable.digest }?.proposer
        return Plan(
            reopening: reopening, keyFile: file.path, proposer: proposer,
            unheard: words.filter(\.value.isMissing).map(\.key).sorted())
    }

    private func words() async -> [Province: PeerWord] {
        await withTaskGroup(of: (Province, PeerWord).self) { group in
            for peer in configuration.peers where peer.audit != nil {
                group.addTask { [ask] in (peer.province, await ask(peer)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// What is said of the log under its own signature: anything else shows nothing.
    private func statements(_ words: [Province: PeerWord], _ own: NoteVerifierKey) -> [LogReopening.HeldStatement] {
        var notes = kept
        for peer in configuration.peers.map(\.province) {
            if let left = FileManager.default.contents(atPath: "\(configuration.storePath).held-by-\(peer).txt") {
                notes.append(KeptCheckpoint(holder: peer.description, note: [UInt8](left)))
            }
            if case .holds(let note)? = words[peer] {
                notes.append(KeptCheckpoint(holder: peer.description, note: note))
            }
        }
        return notes.compactMap { kept in
            guard let checkpoint = try? Checkpoint.open(kept.note, keys: [own], origin: own.name) else { return nil }
            return LogReopening.HeldStatement(
                size: checkpoint.size, root: checkpoint.root, note: kept.note, holder: kept.holder)
        }
    }

    private func contradicts(
        _ held: LogReopening.HeldStatement, _ size: UInt64, _ store: SQLiteStore
    ) async throws -> Bool {
        if held.size > size { return true }
        return try await store.root(ofSize: held.size) != held.root
    }
}

/// The key of a log that is to be opened: made once, before the first person approves it.
private struct NewLogKey {
    let path: String
    let seed: [UInt8]

    init(_ number: Int, beside current: String) throws {
        let folder = URL(fileURLWithPath: current).deletingLastPathComponent().path
        path = "\(folder)/audit-\(number).key"
        if !FileManager.default.fileExists(atPath: path) {
            let fresh = Curve25519.Signing.PrivateKey().rawRepresentation
            guard
                FileManager.default.createFile(atPath: path, contents: fresh, attributes: [.posixPermissions: 0o600]),
                (try? DurableFile.sync(path)) != nil, (try? DurableFile.sync(folder)) != nil
            else {
                throw GatewayError(.file, "\(path) cannot be written", remedy: "check the folder's owner and mode")
            }
        }
        seed = try KeyMaterial.read(path)
    }
}

/// The log that a store has, against the one that the configuration names.
enum StoredLog {
    /// - Throws: ``GatewayError`` `mistakes`: under another name or key nothing may be signed.
    static func check(_ closed: ClosedLog?, is own: NoteVerifierKey) throws {
        guard let opened = closed?.reopening.opened, opened != own.description else { return }
        let origin = String(opened.prefix { $0 != "+" })
        throw GatewayError(
            .mistakes, "the audit log of this store is \(origin); the configuration names \(own.name), or another key",
            remedy: "set `audit.origin` to \(origin) and `keys.audit` to the key that `yizhan audit reopen` made")
    }
}
