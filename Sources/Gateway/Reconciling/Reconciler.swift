import Exchange
import Interchange
import Logging
import Store

/// Begins reconciliations with the peers that this gateway can open connections to. Both directions are compared in one.
public struct Reconciler: Sendable {
    /// Questions of one reconciliation.
    static let maximumQuestions = 100_000
    /// For one answer: roots of many envelopes take time when they are computed for the first time.
    static let answerTimeout = Duration.seconds(300)

    /// A peer and what carries questions to it.
    public struct Line: Sendable {
        public var peer: GatewayConfiguration.Peer
        public var transport: any HTTPTransport

        public init(peer: GatewayConfiguration.Peer, transport: any HTTPTransport) {
            self.peer = peer
            self.transport = transport
        }
    }

    let province: Province
    let lines: [Province: Line]
    let store: any Store
    /// Signs to a peer with a key that it takes.
    private let signer: @Sendable (Province) -> MessageSigner
    private let gate = PeerGate(maximum: 1)
    let clock: WallClock

    public init(
        province: Province, lines: [Line], store: any Store, signer: @escaping @Sendable (Province) -> MessageSigner,
        clock: @escaping WallClock
    ) {
        self.province = province
        self.lines = Dictionary(lines.map { ($0.peer.province, $0) }, uniquingKeysWith: { first, _ in first })
        self.store = store
        self.signer = signer
        self.clock = clock
    }

    /// Compares, has healed what differs, and keeps the statement on both sides.
    /// - Throws: ``GatewayError``: `mistakes` for a peer that is not configured or that opens the connections itself, `inUse`
    ///   while another one with the peer runs, `unreachable` when it does not answer as it should; ``StoreError``.
    public func reconcile(with peer: Province) async throws -> ReconciliationStatement {
        guard let line = lines[peer] else {
            throw GatewayError(
                .mistakes, "no connection can be opened to \(peer)",
                remedy: "name it under `peers`; if it opens the connections, run `yizhan reconcile \(province)` there")
        }
        guard gate.enter(peer) else {
            throw GatewayError(
                .inUse, "a reconciliation with \(peer) is under way", remedy: "see `yizhan reconcile --list` later")
        }
        defer { gate.leave(peer) }
        do {
            return try await compare(with: line)
        } catch let error as TransportError {
            throw GatewayError(.unreachable, "\(peer) does not answer: \(error.message)", remedy: error.remedy)
        } catch let error as ReconciliationFailure {
            throw GatewayError(
                .unreachable, "the reconciliation with \(peer) broke off: \(error.description)",
                remedy: "it is tried again by itself; if it lasts, check keys, clocks and versions on both sides")
        }
    }

    private func compare(with line: Line) async throws -> ReconciliationStatement {
        let peer = line.peer.province
        let questions = QuestionCount()
        let ask: DirectionComparison.Ask = { step in
            try questions.add()
            return try await self.ask(step, line)
        }
        _ = try await store.checkBooks(with: peer)
        let bounds = ReconciliationBounds(at: clock())
        guard
            case .opened(let since, let until, let theirs) = try await ask(
                .open(since: bounds.since.start, until: bounds.until.start))
        else { throw ReconciliationFailure.misfit("it was to be opened") }
        let agreed = bounds.narrowed(since: since, until: until)
        var directions: [DirectionFindings] = []
        for sender in [province, peer] {
            var comparison = DirectionComparison(
                of: sender, own: province, peer: peer, store: store, clock: clock, ask: ask)
            try await comparison.run(agreed)
            var findings = comparison.findings
            let mine = try await store.outstanding(to: peer, acceptedBefore: agreed.until.start)
            findings.add(sender == province ? OutstandingCounts(mine) : theirs)
            directions.append(findings)
        }
        _ = try await ask(.conclude(until: agreed.until.start, directions.map(\.result)))
        let statement = ReconciliationStatement(
            own: province, peer: peer, startedBy: province, at: clock(), until: agreed.until.start,
            directions: directions)
        try await store.keep(try statement.kept(with: peer))
        return statement
    }

    private func ask(_ step: ReconciliationStep, _ line: Line) async throws -> ReconciliationStep {
        let caller = ReconciliationCaller(province: province, signer: signer(line.peer.province))
        let request = try caller.request(step, of: line.peer.province, at: line.peer.address)
        let response = try await line.transport.send(
            request.transportRequest(
                limits: TransportLimits(
                    total: Self.answerTimeout, stall: Self.answerTimeout, responseBytes: ReconciliationLimits.bytes)))
        return try caller.judge(response, to: request, keys: line.peer.keys, now: clock())
    }
}
