import Store

/// What the exchange remembers whatever comes into force: used nonces, what peers said of themselves, what is under way to
/// them, who waits for work.
struct ExchangeState: Sendable {
    let book = PeerBook()
    let couriers = Couriers()
    let nonces = NonceMemory()
    let offered = OfferedBatches()
    let listings = CheckpointListings()
    let refusals = RefusalCounts()
    let bell: WorkBell

    init(_ store: any Store) { bell = WorkBell(store) }
}
