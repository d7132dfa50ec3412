import AuditLog
import HTTPTypes
import Hummingbird
import Interchange
import Logging
import NIOCore
import Store
import Synchronization

/// `/audit/` of the exchange listener: the log in the C2SP `tlog-tiles` form. Peers read the checkpoint and hash tiles; entries
/// are for certificates `urn:yizhan:auditor:<this province>:<name>`, since they show who is under inquiry.
struct AuditRoutes: Sendable {
    /// A look by the same auditor within this time is the same look, in milliseconds.
    static let lookMilliseconds: Int64 = 600_000

    let province: Province
    let peers: Set<Province>
    let store: any Store
    let notary: Notary
    let clock: WallClock
    let logger: Logger
    private let looks = LookAccount()

    init(
        province: Province, peers: Set<Province>, store: any Store, notary: Notary, clock: @escaping WallClock,
        logger: Logger
    ) {
        (self.province, self.peers, self.store, self.notary) = (province, peers, store, notary)
        (self.clock, self.logger) = (clock, logger)
    }

    func add(to router: Router<RequestScope>) {
        router.get("/audit/checkpoint") { _, scope in try await answer(scope) { try await checkpoint() } }
        router.get("/audit/tile/**") { request, scope in
            try await answer(scope) { try await tile(request.uri.path, scope) }
        }
    }

    private func answer(_ scope: RequestScope, _ body: () async throws -> Response) async throws -> Response {
        switch scope.identity {
        case .province(let peer)? where peers.contains(peer): break
        case .auditor(province, _)?: break
        default:
            return .problem(
                .forbidden, code: "READER_UNKNOWN", detail: "The certificate names no peer and no auditor known here.")
        }
        do {
            return try await body()
        } catch let error as StoreError {
            logger.error("audit log not read", metadata: ["error": "\(error)"])
            return .problem(.serviceUnavailable, code: "BUSY", detail: "The store cannot answer now; ask again later.")
        }
    }

    /// Over all that is durable, with the cosignatures that it has.
    private func checkpoint() async throws -> Response {
        let checkpoint = try await store.cosigned(try await notary.checkpoint(at: clock()))
        return .bytes(Array(checkpoint.note.utf8), type: "text/plain; charset=utf-8", caching: "no-cache")
    }

    private func tile(_ path: String, _ scope: RequestScope) async throws -> Response {
        guard path.hasPrefix("/audit/"), let tile = try? TilePath(parsing: String(path.dropFirst(7))) else {
            return .problem(.notFound, code: "NOT_FOUND", detail: "This is no path of a tile or of an entry bundle.")
        }
        switch tile.content {
        case .hashes(let level):
            let held = try await store.auditTile(level: level, index: tile.index) ?? []
            guard held.count >= tile.width * Digest256.byteCount else { return Self.notThere }
            return .bytes(
                Array(held.prefix(tile.width * Digest256.byteCount)), type: "application/octet-stream",
                caching: "private, max-age=31536000, immutable")
        case .entries:
            guard case .auditor(_, let name)? = scope.identity else {
                return .problem(
                    .forbidden, code: "AUDITOR_UNKNOWN", detail: "Entries are for auditors of this province.")
            }
            return try await bundle(tile, auditor: name)
        }
    }

    private func bundle(_ tile: TilePath, auditor: String) async throws -> Response {
        let (first, overflow) = tile.index.multipliedReportingOverflow(by: UInt64(TilePath.fullWidth))
        guard !overflow, first <= UInt64(Int64.max) else { return Self.notThere }
        guard try await first >= store.firstKeptEntry() else {
            return .problem(.gone, code: "ARCHIVED", detail: "These entries were archived and removed.")
        }
        let entries = try await store.auditEntries(from: first, limit: tile.width)
        guard entries.count == tile.width, entries.first?.sequence == first else { return Self.notThere }
        var bytes: [UInt8] = []
        for entry in entries { try EntryBundle.append(entry.bytes, to: &bytes) }
        try await enterLook(of: auditor)
        return .bytes(
            bytes, type: "application/octet-stream", caching: "private, max-age=31536000, immutable")
    }

    private func enterLook(of auditor: String) async throws {
        let now = clock()
        guard looks.isNew(auditor, at: now, within: Self.lookMilliseconds) else { return }
        let actor = AuditActor(organisation: "urn:yizhan:auditor:\(province):\(auditor)")
        let size = try await store.auditSize()
        try await store.record([Act(.auditViewed, actor: actor, at: now, details: [.size: "\(size)"])])
    }

    private static var notThere: Response {
        .problem(.notFound, code: "NOT_FOUND", detail: "The log does not reach there.")
    }
}

/// When each auditor was last entered as looking: reading a whole log is one look, not one for each bundle.
private final class LookAccount: Sendable {
    private let last = Mutex<[String: Instant]>([:])

    func isNew(_ auditor: String, at now: Instant, within milliseconds: Int64) -> Bool {
        last.withLock { last in
            if let before = last[auditor], now.milliseconds - before.milliseconds < milliseconds { return false }
            last[auditor] = now
            return true
        }
    }
}

extension Response {
    static func bytes(_ content: [UInt8], type: String, caching: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: caching],
            body: .init(byteBuffer: ByteBuffer(bytes: content)))
    }
}
