import Exchange
import Interchange
import Logging

/// The way from this gateway to one peer: what pushing to it and fetching from it share.
struct PeerLink: Sendable {
    /// This gateway's.
    let province: Province
    let peer: GatewayConfiguration.Peer
    let client: CurlClient
    let signing: ExchangeSigning
    let reader: TermsReader

    init(
        province: Province, peer: GatewayConfiguration.Peer, client: CurlClient, signing: ExchangeSigning,
        observer: @escaping CapabilitiesObserver, logger: Logger
    ) {
        self.province = province
        self.peer = peer
        self.client = client
        self.signing = signing
        reader = TermsReader(peer: peer, client: client, signing: signing, observer: observer, logger: logger)
    }
}
