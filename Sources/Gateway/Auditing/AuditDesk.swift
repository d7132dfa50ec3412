import AuditLog
import Exchange
import Interchange
import Store

/// What actions on the audit log work on, beside the store.
public struct AuditDesk: Sendable {
    public let province: Province
    public let notary: Notary
    let logs: KnownLogs
    let keepYears: Int
    /// Of peers that can be asked for what they hold, and for tiles of their logs.
    let witness: @Sendable (Province) -> WitnessClient?
    /// Where closed logs are read from; it is the store's own file.
    let storePath: String

    /// - Parameter clients: a client to a peer; nil when there is none.
    init(
        _ configuration: GatewayConfiguration, _ keys: KeyMaterial, _ store: any Store,
        clients: @escaping @Sendable (Province) -> (any HTTPTransport)?
    ) {
        province = configuration.province
        notary = Notary(signer: keys.audit, store: store)
        logs = KnownLogs(configuration.peers)
        keepYears = configuration.audit.keepYears
        storePath = configuration.storePath
        let peers = configuration.peers
        witness = { province in
            peers.first { $0.province == province }.flatMap { peer in
                clients(province).flatMap { WitnessClient(peer, transport: $0) }
            }
        }
    }

    /// Entries before this instant are older than they must be kept.
    func oldest(at now: Instant) -> Instant { ArchiveTerms(keepYears: keepYears, quorum: logs.quorum, at: now).oldest }
}

/// What must hold of entries before they are archived.
public struct ArchiveTerms: Sendable {
    /// Entries before this instant are old enough.
    public let oldest: Instant
    /// How many witnesses must have cosigned a checkpoint over them.
    public let quorum: Int

    init(keepYears: Int, quorum: Int, at now: Instant) {
        oldest = now.adding(seconds: -Int64(keepYears) * 366 * 86_400)
        self.quorum = quorum
    }
}

extension GatewayConfiguration {
    /// What `yizhan audit archive` goes by.
    public func archiveTerms(at now: Instant) -> ArchiveTerms {
        ArchiveTerms(keepYears: audit.keepYears, quorum: KnownLogs(peers).quorum, at: now)
    }
}

extension OperatorDesk {
    /// - Throws: ``GatewayError`` where the desk was set up without it.
    func auditDesk() throws -> AuditDesk {
        guard let audit else {
            throw GatewayError(.mistakes, "the audit log is not served here", remedy: "report this as a defect")
        }
        return audit
    }
}
