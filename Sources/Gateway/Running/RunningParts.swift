/// What runs, and changes while it runs: a TLS context and routes for each listener, a client to each peer, the lanes. Everything
/// else hangs on the configuration, and is made anew from it.
struct RunningParts: Sendable {
    /// In the order of ``GatewayConfiguration/listeners``.
    let contexts: [TLSContexts]
    let routes: [RouteSwitch]
    let clients = PeerClients()
    let lanes = RunningLanes<PeerSender>()
    let fetchers = RunningLanes<PeerFetcher>()
    let authorities = PeerAuthorities()
    let reconciler = CurrentReconciler()
    let questions = CurrentQuestions()
    /// Ends the rest of who pushes to them.
    let witnessWakeup = Wakeup()
    let witnesses: CurrentWitnesses

    init(contexts: [TLSContexts]) {
        self.contexts = contexts
        routes = contexts.map { _ in RouteSwitch() }
        witnesses = CurrentWitnesses(wakeup: witnessWakeup)
    }

    var joined: [(context: TLSContexts, routes: RouteSwitch)] { Array(zip(contexts, routes)).map { ($0, $1) } }
}
