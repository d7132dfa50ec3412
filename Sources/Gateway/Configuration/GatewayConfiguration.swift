import AuditLog
import Delivery
import Exchange
import Foundation
import Interchange
import Policy

/// A gateway's configuration, parsed whole; `config/gateway.example.yaml` shows every key with its default and unit.
public struct GatewayConfiguration: Sendable {
    public struct Listener: Sendable, Hashable {
        public var address: String
        public var port: Int
        public var certificate: String
        public var key: String
        /// Nil only for `operations`: then no client certificate is asked for.
        public var clientCA: String?
        /// Whether a client without a certificate is let in too, to see whether the gateway is well: `operations`.
        public var asksOnly = false
        /// The names by which clients may call this listener, `host` or `host:port`.
        public var names: [String]
    }

    public struct Peer: Sendable {
        public enum Mode: String, Sendable { case push, pull }
        public var province: Province
        public var address: PeerAddress
        public var ca: String
        public var mode: Mode
        /// Whether this gateway opens the connection for what the peer has for it, too.
        public var fetch: Bool
        public var keys: KeyRing
        /// The content of ``ca`` as two persons approved it, PEM; nil before approvals were looked at: then the file counts.
        public var authorities: [UInt8]?
        /// Origin and key of the peer's audit log, which is witnessed here; its owner witnesses ours. Nil: neither.
        public var audit: NoteVerifierKey?
    }

    public struct AuditSettings: Sendable, Hashable {
        /// Entries are kept at least this long before they may be archived.
        public var keepYears = 3
        /// After this long a log that has grown is pushed to witnesses again.
        public var pushMinutes = 60
    }

    public struct KeyFiles: Sendable {
        public var signing, audit, record, lookup, log, wrapping: String
        /// The folder of further signing keys; it need not be there.
        public var signingFolder: String
    }

    public struct Limits: Sendable {
        public var exchange = ExchangeLimits()
        public var connections = 1_000
        public var submissionBytes = 4 << 30
        public var batchesPerPeer = 4
        public var handshake = Duration.seconds(10)
        public var idle = Duration.seconds(30)
        public var request = Duration.seconds(60)
        public var databasePages: Int?
        public var answerFloor = Duration.milliseconds(5)
        public var elsewhereDeadline = Duration.milliseconds(2_000)
        /// What waits longer for a peer is an alert.
        public var backlogAge = Duration.seconds(86_400)
        public var batchesInFlight = 4
        public var outboxLease = Duration.seconds(120)
        public var diskReserveBytes = 256 << 20
        public var backlogEnvelopes = 100_000_000
        /// Between two entries of the audit log about what one peer was refused with one code.
        public var refusalEntries = Duration.seconds(60)
        /// Of what one other province asks.
        public var ofProvinces = ProvinceLimits()
    }

    public var province: Province
    public var storePath: String
    public var origin: String
    public var audit: AuditSettings
    public var keys: KeyFiles
    public var exchange, status, local, operations: Listener
    public var peers: [Peer]
    public var bureaus: [Bureau]
    public var mappings: String
    public var policy: String
    /// A local list of divisions, `divisions.extra.tsv`; nil when there is none.
    public var divisionsExtra: String?
    public var limits: Limits
    public var retry: RetryLimits
    public var keeping: KeepingLimits
    public var logLevel: String
    /// The folder that relative paths start from: the file's own.
    public var folder: String
    /// Where it was read from.
    public var file: String

    /// - Throws: ``ConfigurationMistakes``, with file, line and what is expected; ``GatewayError`` when it cannot be read.
    public init(file: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw GatewayError(
                .file, "the configuration \(file) cannot be read",
                remedy: "check the path, or make one with `yizhan init`")
        }
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try self.init(
            yaml: String(decoding: data, as: UTF8.self), file: file, folder: folder, environment: environment)
    }

    init(yaml: String, file: String, folder: String, environment: [String: String]) throws {
        let root = try ConfigurationReader(yaml: yaml, file: file, environment: environment)
        let paths = PathResolver(folder: folder)
        self.folder = folder
        self.file = file
        let province = root.value("province", "two digits of GB/T 2260, in quotes") { Province($0) }
        if province == nil { root.mistake(key: "province", "is required: the two digits of this gateway's province") }
        self.province = province ?? Province.all[0]
        storePath = paths(root.section("store").string("path") ?? "state/yizhan.sqlite")
        let auditSection = root.section("audit")
        origin = auditSection.string("origin") ?? "yizhan.example/\(self.province)"
        audit = Self.auditSettings(auditSection)
        keys = Self.keyFiles(root.section("keys"), paths)
        let listeners = root.section("listeners")
        exchange = Self.listener(listeners.section("exchange"), port: 8443, paths)
        status = Self.listener(listeners.section("status"), port: 8444, paths)
        local = Self.listener(listeners.section("local"), port: 8445, paths)
        operations = Self.listener(listeners.section("operations"), port: 8446, isOpen: true, paths)
        peers = root.sections("peers").compactMap { Self.peer($0, paths) }
        bureaus = root.sections("bureaus").compactMap(Self.bureau)
        mappings = paths(root.string("mappings") ?? "mappings")
        policy = paths(root.string("policy") ?? "policies/default.yaml")
        divisionsExtra = root.string("divisionsExtra").map { paths($0) }
        limits = Self.limits(root.section("limits"))
        retry = Self.retry(root.section("retry"))
        keeping = KeepingLimits(root.section("retention"), root.section("backup"), paths)
        logLevel = root.section("log").string("level") ?? "info"
        if Set(peers.map(\.province)).count != peers.count { root.mistake(key: "peers", "each province once") }
        if peers.contains(where: { $0.province == self.province }) {
            root.mistake(key: "peers", "other provinces than this gateway's own")
        }
        let origins = peers.compactMap(\.audit?.name) + [origin]
        if Set(origins).count != origins.count { root.mistake(key: "peers", "an audit origin of its own for each log") }
        try root.finish()
    }

    private static func keyFiles(_ section: ConfigurationReader, _ paths: PathResolver) -> KeyFiles {
        func path(_ key: String, _ file: String) -> String { paths(section.string(key) ?? "keys/\(file)") }
        return KeyFiles(
            signing: path("signing", "signing.pem"), audit: path("audit", "audit.key"),
            record: path("record", "record.key"), lookup: path("lookup", "lookup.key"), log: path("log", "log.key"),
            wrapping: path("wrapping", "wrapping.key"), signingFolder: path("signingFolder", "signing.d"))
    }

    private static func listener(
        _ section: ConfigurationReader, port: Int, isOpen: Bool = false, _ paths: PathResolver
    ) -> Listener {
        let address = section.string("address") ?? "127.0.0.1"
        let port = section.integer("port", default: port, in: 1...65_535)
        let ca = isOpen ? section.string("clientCA") : section.string("clientCA") ?? "tls/ca.pem"
        return Listener(
            address: address, port: port, certificate: paths(section.string("certificate") ?? "tls/gateway.pem"),
            key: paths(section.string("key") ?? "tls/gateway.key"), clientCA: ca.map { paths($0) },
            asksOnly: isOpen, names: section.strings("names") + ["\(address):\(port)", "localhost:\(port)"])
    }

    private static func peer(_ section: ConfigurationReader, _ paths: PathResolver) -> Peer? {
        _ = section.required("province", "two digits")
        _ = section.required("url", "https://host:port")
        let province = section.value("province", "two digits of GB/T 2260, in quotes") { Province($0) }
        let address = section.value("url", "https://host:port, without a path of its own") { PeerAddress($0) }
        let mode = section.value("mode", "push or pull") { Peer.Mode(rawValue: $0) } ?? .push
        let fetch = section.value("fetch", "true or false") { Bool($0) } ?? false
        let ca = paths(section.required("ca", "the PEM file of the authority that the peer's certificates come from"))
        let audit = Self.auditKey(section.section("audit"))
        let entries = section.sections("keys").compactMap(Self.keyEntry)
        if entries.isEmpty { section.mistake(key: "keys", "at least one key with which the peer signs") }
        guard let province, let address else { return nil }
        return Peer(
            province: province, address: address, ca: ca, mode: mode, fetch: fetch,
            keys: KeyRing(owner: province, entries), audit: audit)
    }

    private static func auditSettings(_ section: ConfigurationReader) -> AuditSettings {
        AuditSettings(
            keepYears: section.integer("keepYears", default: 3, in: 3...100),
            pushMinutes: section.integer("pushMinutes", default: 60, in: 1...1_440))
    }

    /// The key of a peer's audit log: its name is the origin.
    private static func auditKey(_ section: ConfigurationReader) -> NoteVerifierKey? {
        let origin = section.string("origin") ?? ""
        if !origin.isEmpty, section.string("key") == nil { section.mistake(key: "key", "is required beside origin") }
        return section.value("key", "the log's verifier key, origin+hash+base64, or base64 of 32 bytes beside `origin`")
        {
            text -> NoteVerifierKey? in
            if let key = try? NoteVerifierKey(parsing: text) { return origin.isEmpty || key.name == origin ? key : nil }
            return Data(base64Encoded: text).flatMap { try? NoteVerifierKey(name: origin, publicKey: Array($0)) }
        }
    }

    private static func keyEntry(_ section: ConfigurationReader) -> KeyRing.Entry? {
        let key = section.value("publicKey", "a public key as PEM, JWK or base64 of 32 bytes") {
            try? VerificationKey($0)
        }
        if key == nil { section.mistake(key: "publicKey", "is required: PEM, JWK or base64 of 32 bytes (Ed25519)") }
        let instant = "an instant such as 2026-01-01T00:00:00Z, or a date"
        let from = section.value("from", instant, Self.instant) ?? Instant(milliseconds: 0)
        let until = section.value("until", instant, Self.instant)
        return key.map { KeyRing.Entry($0, KeyValidity(from: from, until: until)) }
    }

    /// A date is the start of its day, UTC.
    private static func instant(_ text: String) -> Instant? {
        Instant(text) ?? CivilDate(text).map { Instant(seconds: Int64($0.daysSince1970) * 86_400) }
    }

    private static func bureau(_ section: ConfigurationReader) -> Bureau? {
        let id = section.required("id", "the last part of the bureau's certificate name")
        let kind = section.value("kind", "police, commerce or service") { BureauKind(rawValue: $0) }
        if kind == nil { section.mistake(key: "kind", "is required: police, commerce or service") }
        return kind.map { Bureau(id: id, kind: $0) }
    }

    private static func limits(_ section: ConfigurationReader) -> Limits {
        var limits = Limits()
        limits.exchange = ExchangeLimits(
            envelopes: section.integer("batchEnvelopes", default: 1_000, in: 1...10_000),
            decodedBytes: section.integer("batchBytes", default: 8 << 20, in: 1_024...(64 << 20)),
            encodedBytes: section.integer("batchEncodedBytes", default: 8 << 20, in: 1_024...(64 << 20)),
            ratio: section.integer("decodingRatio", default: 200, in: 2...10_000))
        limits.connections = section.integer("connections", default: 1_000, in: 1...100_000)
        limits.submissionBytes = section.integer("submissionBytes", default: 4 << 30, in: 1...(1 << 40))
        limits.batchesPerPeer = section.integer("batchesPerPeer", default: 4, in: 1...64)
        limits.handshake = .seconds(section.integer("handshakeSeconds", default: 10, in: 1...600))
        limits.idle = .seconds(section.integer("idleSeconds", default: 30, in: 1...3_600))
        limits.request = .seconds(section.integer("requestSeconds", default: 60, in: 1...3_600))
        limits.answerFloor = .milliseconds(section.integer("answerFloorMillis", default: 5, in: 0...1_000))
        limits.elsewhereDeadline = .milliseconds(
            section.integer("elsewhereDeadlineMillis", default: 2_000, in: 100...30_000))
        limits.backlogAge = .seconds(section.integer("backlogAgeSeconds", default: 86_400, in: 60...7_776_000))
        let pages = section.integer("databasePages", default: 0, in: 0...Int(UInt32.max))
        limits.databasePages = pages > 0 ? pages : nil
        limits.batchesInFlight = section.integer("batchesInFlight", default: 4, in: 1...32)
        limits.outboxLease = .seconds(section.integer("outboxLeaseSeconds", default: 120, in: 1...3_600))
        limits.diskReserveBytes = section.integer("diskReserveBytes", default: 256 << 20, in: 0...(1 << 40))
        limits.backlogEnvelopes = section.integer("backlogEnvelopes", default: 100_000_000, in: 1...(1 << 40))
        limits.refusalEntries = .seconds(section.integer("refusalEntrySeconds", default: 60, in: 1...86_400))
        limits.ofProvinces = provinceLimits(section)
        return limits
    }

    private static func provinceLimits(_ section: ConfigurationReader) -> ProvinceLimits {
        var limits = ProvinceLimits()
        let bounds = 1...1_000_000_000
        limits.questionsPerDay = section.integer("provinceQuestionsPerDay", default: limits.questionsPerDay, in: bounds)
        limits.missesPerDay = section.integer("provinceMissesPerDay", default: limits.missesPerDay, in: bounds)
        limits.similarPerDay = section.integer("provinceSimilarPerDay", default: limits.similarPerDay, in: bounds)
        return limits
    }

    private static func retry(_ section: ConfigurationReader) -> RetryLimits {
        RetryLimits(
            initialBackoff: .milliseconds(section.integer("initialMillis", default: 1_000, in: 1...600_000)),
            maximumBackoff: .milliseconds(section.integer("maximumMillis", default: 900_000, in: 1...86_400_000)),
            maximumAge: .seconds(section.integer("maximumAgeSeconds", default: 7 * 86_400, in: 1...(90 * 86_400))))
    }
}

/// Makes paths of a configuration absolute: relative ones start from the file's folder.
struct PathResolver {
    let folder: String
    func callAsFunction(_ path: String) -> String { path.hasPrefix("/") || path.isEmpty ? path : "\(folder)/\(path)" }
}
