import Exchange
import Interchange
import Testing

/// The keys of RFC 9421 appendix B.1.
enum RFCKey {
    static let ed25519Private = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
        -----END PRIVATE KEY-----
        """
    static let ed25519Public = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
        -----END PUBLIC KEY-----
        """
    static let p256Public = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
        w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END PUBLIC KEY-----
        """
    static let p256Private = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49
        AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM
        4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END EC PRIVATE KEY-----
        """
}

extension String {
    var utf8Bytes: [UInt8] { Array(utf8) }
}

/// Bytes from hexadecimal digits, for literals.
func hex(_ digits: String) -> [UInt8] {
    let values = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
}

/// Two gateways, 41 that sends and 21 that receives, with fixed keys, nonces and time.
struct Pair {
    /// 2026-06-30T08:00:00Z.
    static let now = Instant(seconds: 1_782_806_400)

    let sender: Province
    let receiver: Province
    let senderKey: SigningKey
    let receiverKey: SigningKey

    init() throws {
        sender = try #require(Province("41"))
        receiver = try #require(Province("21"))
        senderKey = try SigningKey(RFCKey.ed25519Private)
        receiverKey = try SigningKey("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    }

    func signer(_ key: SigningKey, at now: Instant = Pair.now) -> MessageSigner {
        MessageSigner(key: key, clock: { now }, nonces: { "bm9uY2U" })
    }

    var batchSender: BatchSender { BatchSender(province: sender, signer: signer(senderKey)) }
    var answers: MessageSigner { signer(receiverKey) }

    func ring(_ owner: Province, _ key: SigningKey) -> KeyRing {
        KeyRing(owner: owner, [.init(key.verificationKey, KeyValidity(from: Pair.now.adding(seconds: -86_400)))])
    }

    var senderRing: KeyRing { ring(sender, senderKey) }
    var receiverRing: KeyRing { ring(receiver, receiverKey) }

    func requests(limits: ExchangeLimits = .init(), notBefore: Instant? = nil) -> RequestReceiver {
        RequestReceiver(
            authorities: ["gateway.ln.example:8443"], keys: KeyDirectory([senderRing]), limits: limits,
            notBefore: notBefore)
    }

    var address: PeerAddress {
        get throws { try #require(PeerAddress("https://gateway.ln.example:8443")) }
    }

    func batch(_ encoding: ContentEncoding = .gzip) throws -> OutgoingBatch {
        let lines = [
            #"{"id":"0198a000-0000-7000-8000-000000000001","n":1}"#,
            #"{"id":"0198a000-0000-7000-8000-000000000002","n":2}"#,
        ]
        let envelopes = try lines.enumerated().map { index, line in
            let id = try #require(MessageID("0198a000-0000-7000-8000-00000000000\(index + 1)"))
            return (SentEnvelope(id: id, digest: ContentDigest(of: line.utf8Bytes)), line.utf8Bytes)
        }
        let id = try #require(MessageID("0198a000-0000-7000-8000-00000000000a"))
        return try OutgoingBatch(id: id, to: receiver, lines: envelopes, encoding: encoding)
    }

    func push(_ encoding: ContentEncoding = .gzip) throws -> PushRequest {
        try batchSender.request(for: try batch(encoding), to: try address)
    }

    func receipt(for batch: OutgoingBatch) -> Receipt {
        Receipt(
            batch: batch.id, contentDigest: batch.digest, from: receiver, to: sender, receivedAt: Pair.now,
            results: batch.envelopes.map { .init(id: $0.id, digest: $0.digest, outcome: .accepted) },
            audit: .init(origin: "gateway.ln.example/audit", treeSize: 3, entries: 0...2, checkpoint: "note"))
    }

    func transportResponse(_ answer: SignedAnswer) -> TransportResponse {
        TransportResponse(status: answer.status, fields: answer.fields, content: answer.content)
    }

    func judge(_ response: TransportResponse, to push: PushRequest) -> PushAnswer {
        batchSender.judge(response, to: push, keys: receiverRing, now: Pair.now)
    }
}
