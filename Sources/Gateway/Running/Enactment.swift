import AuditLog
import Exchange
import Interchange
import Logging
import Store

/// Brings what is configured, as far as it is approved, into force in a running gateway, and takes approvals.
///
/// What the files say is refused as a whole when something in it is wrong. What exceeds the approved waits for two persons; the
/// approved stays in force meanwhile.
actor Enactment: ChangeDesk {
    private let parts: RunningParts
    private let store: any Store
    private let clock: WallClock
    private let logger: Logger
    /// What is in force.
    private var daemon: Daemon
    /// What the files say.
    private var configured: Loaded
    private var pending: [PendingChange] = []
    /// Grows with every change of what is in force or could be: what was reckoned before a change is reckoned again.
    private var version = 0
    private var mark: [String] = []

    init(_ daemon: Daemon, _ parts: RunningParts) {
        self.parts = parts
        self.daemon = daemon
        (store, clock, logger) = (daemon.store, daemon.clock, daemon.logger)
        configured = daemon.loaded
    }

    /// What is in force.
    var inForce: GatewayConfiguration { daemon.loaded.configuration }

    var watchedFiles: [String] { configured.watchedFiles }
    var expiries: [Expiry] { Expiry.all(daemon.loaded) }

    /// The first configuration of a store is approved by starting on it.
    func start() async throws {
        let terms = try ConfiguredTrust(configured)
        if try await store.approveFirst(terms.all, entries: terms.entries, at: clock()) {
            logger.notice("first configuration approved", metadata: ["peers": "\(terms.peers.count)"])
        }
        daemon.changes = self
        try await enact()
    }

    /// Reads every file again. When anything is wrong the old stays in force, all of it.
    func reload() async {
        do {
            let fresh = try Loaded(try GatewayConfiguration(file: configured.configuration.file))
            try await take(fresh)
            logger.notice("configuration reloaded", metadata: ["pendingChanges": "\(pending.count)"])
        } catch {
            logger.error("configuration not reloaded: the old one stays in force", metadata: ["error": "\(error)"])
        }
    }

    /// Brings into force what time or a peer has changed: a key whose day has come, a key that a peer lists now.
    func look() async {
        do {
            let (reckoning, known) = try await reckon()
            guard daemon.mark(reckoning, known) != mark else { return }
            try await enact()
        } catch {
            logger.error("keys not looked at", metadata: ["error": "\(error)"])
        }
    }

    func approve(_ digest: Digest256, by actor: AuditActor) async throws -> ApproveChange.Answer {
        if try await change(digest) == nil { await reload() }
        guard let change = try await change(digest) else {
            throw StoreError(
                .notFound, "no change with this digest waits", remedy: "see `yizhan change list` for what waits")
        }
        let step = try await store.approve(change.approvable, as: change.entry, by: actor, at: clock())
        var answer = ApproveChange.Answer(
            subject: change.entry.subject.description, change: change.entry.change, digest: digest.base64,
            isInForce: false)
        if case .inForce(let proposer) = step {
            (answer.isInForce, answer.proposer) = (true, proposer)
            try await enact()
        }
        return answer
    }

    private func change(_ digest: Digest256) async throws -> PendingChange? {
        try await reckon().0.pending.first { $0.digest == digest }
    }

    private func take(_ fresh: Loaded) async throws {
        let before = configured
        var next = fresh
        let (kept, waiting) = fresh.configuration.keepingUntilRestart(before.configuration)
        next.configuration = kept
        next.keys = before.keys
        next.keys.signingKeys = fresh.keys.signingKeys
        next.keys.signing = fresh.keys.signing
        configured = next
        do { try await enact() } catch {
            configured = before
            throw error
        }
        for key in waiting { logger.warning("takes effect at the next start", metadata: ["key": "\(key)"]) }
        try await enter(changed: next.digests.filter { before.digests[$0.key] != $0.value })
    }

    /// An entry for each file that says something else now.
    private func enter(changed: [String: Digest256]) async throws {
        let file = configured.configuration.file
        let now = clock()
        let acts = changed.sorted { $0.key < $1.key }.map { path, digest in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            var details: AuditDetails = [.change: "reloaded", .digest: digest.base64]
            if path != file { details[.mapping] = name }
            return Act(
                path == file ? .configurationChanged : .mappingChanged, actor: AuditActor(organisation: "gateway"),
                at: now, details: details)
        }
        if !acts.isEmpty { try await store.record(acts) }
    }

    // MARK: Bringing into force

    private func reckon() async throws -> (Reckoning, [Province: Set<String>]) {
        while true {
            let mine = version
            let record = Reckoning.Record(
                try await store.approvals(), try await store.proposals(), try await store.noticedKeys())
            let known = try await store.knownKeys()
            guard mine == version else { continue }
            return (
                Reckoning(try ConfiguredTrust(configured), record),
                Dictionary(known.map { ($0.peer, $0.ids) }, uniquingKeysWith: { $1 })
            )
        }
    }

    private func enact() async throws {
        version += 1
        let (reckoning, known) = try await reckon()
        try apply(reckoning, known)
        let local = AuditActor(organisation: "urn:yizhan:operator:\(configured.configuration.province):local")
        try await store.narrow(reckoning.narrowings, by: local, at: clock())
    }

    /// Everything that can fail comes first; then all of it changes at once.
    private func apply(_ reckoning: Reckoning, _ known: [Province: Set<String>]) throws {
        var next = daemon
        next.loaded = try configured.limited(to: reckoning)
        next.known = known
        let configuration = next.loaded.configuration
        next.loaded.keys.signing = next.signingKeyForAll()
        if configuration.limits.batchesPerPeer != daemon.loaded.configuration.limits.batchesPerPeer {
            next.gate = PeerGate(maximum: configuration.limits.batchesPerPeer)
            next.outboxGate = PeerGate(maximum: configuration.limits.batchesPerPeer)
        }
        let fresh = try configuration.listeners.map { try TLSContexts.prepare($0) }
        let credentials = Dictionary(
            uniqueKeysWithValues: try configuration.peers.map {
                ($0.province, try TransportCredentials(listener: configuration.exchange, peer: $0))
            })
        let authorities = try PeerAuthorities.Roots(configuration)
        let clients = try parts.clients.missing(for: credentials)
        for (context, tls) in zip(parts.contexts, fresh) { context.use(tls) }
        parts.authorities.use(authorities)
        parts.clients.become(credentials, adding: clients)
        parts.witnesses.become(configuration.peers, parts.clients)
        for (routes, router) in zip(parts.routes, try next.routers(parts)) { routes.use(router) }
        parts.questions.use(next.statusRoute(parts.clients))
        let links = next.links(parts.clients)
        parts.lanes.become(next.senders(links))
        parts.fetchers.become(next.fetchers(links))
        parts.reconciler.become(next.reconciler(parts.clients))
        daemon = next
        mark = next.mark(reckoning, known)
        tell(reckoning.pending)
    }

    private func tell(_ changes: [PendingChange]) {
        for change in changes where !pending.contains(where: { $0.digest == change.digest }) {
            logger.warning(
                "a change waits for two persons: what was approved stays in force",
                metadata: ["change": "\(change.entry.subject)", "digest": "\(change.digest.base64)"])
        }
        pending = changes
    }
}

extension Daemon {
    /// Signs answers: the newest key that every peer takes, else the oldest that may sign.
    func signingKeyForAll() -> SigningKey {
        let peers = loaded.configuration.peers.map { known[$0.province] }
        let common = peers.compactMap(\.self).reduce(nil as Set<String>?) { $0?.intersection($1) ?? $1 }
        return loaded.keys.signingKeys.key(knownKeys: peers.contains(nil) ? nil : common, at: clock())
    }

    /// What of a reckoning shows in what runs: equal marks mean that nothing would change.
    fileprivate func mark(_ reckoning: Reckoning, _ known: [Province: Set<String>]) -> [String] {
        let now = clock()
        let own = loaded.keys.signingKeys
        return reckoning.peers.map { peer in
            peer.normalForm + own.key(knownKeys: known[peer.province], at: now).keyID
        } + reckoning.ownKeys.map(\.line) + [reckoning.policy.form] + reckoning.pending.map(\.digest.base64)
    }
}
