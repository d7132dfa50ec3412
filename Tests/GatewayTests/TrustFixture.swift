import Exchange
import Foundation
import Gateway
import Interchange
import Store
import Testing

/// Henan's gateway with one peer, Guangdong.
struct TrustFixture {
    /// 2026-06-30T08:00:00Z
    static let noon = Instant(seconds: 1_782_806_400)

    let own: Province
    let peer: Province
    let configured: ConfiguredTrust

    init() throws {
        let own = try #require(Province("41"))
        let peer = try #require(Province("44"))
        (self.own, self.peer) = (own, peer)
        configured = ConfiguredTrust(
            province: own,
            peers: [
                try PeerTrust(
                    province: peer, address: try #require(PeerAddress("https://peer.example:8443")),
                    authorities: Array(Self.authority.utf8), keys: [try Self.key(of: peer, 1)])
            ], ownKeys: [try Self.key(of: own, 8)],
            policy: Approvable(.policy, form: "rules", content: Array("rules".utf8)))
    }

    func key(_ number: UInt8) throws -> KeyTrust { try Self.key(of: peer, number) }
    func ownKey(_ number: UInt8) throws -> KeyTrust { try Self.key(of: own, number) }

    static func signing(_ number: UInt8) throws -> SigningKey {
        let seed = [UInt8](repeating: number, count: 32)
        return try SigningKey(Data(seed).base64EncodedString())
    }

    private static func key(of owner: Province, _ number: UInt8) throws -> KeyTrust {
        KeyTrust(
            owner: owner, key: try signing(number).verificationKey,
            validity: KeyValidity(from: Instant(milliseconds: 0)))
    }

    /// The verifier key of the note specification's example (C2SP signed-note).
    static let auditLog = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    /// Made for tests alone; no gateway trusts it.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBfDCCASGgAwIBAgIUG1hjm9s42Ks8zkcGfAekImdRQwowCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yNjExMjMyMzI4NTdaGA8yMTI2MTAzMDIz
        Mjg1N1owEjEQMA4GA1UEAwwHdGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABJ9ZaZJhSANdlMhWwpQawhq8kg3eBSQuPLAipz4Sh1IrAFDx6MVZuBYP1iaf
        ycb+AQHjkxwBJ6S3xi97oYI7z3GjUzBRMB0GA1UdDgQWBBS94LEk9LM8+/vcnXJY
        bMfJnqhy3jAfBgNVHSMEGDAWgBS94LEk9LM8+/vcnXJYbMfJnqhy3jAPBgNVHRMB
        Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD5DzMd6svpDzFXOy8DKFEhZESO
        qsHO4xme5hG94X+BXAIhAJX0K9bVlNYdFef4yHB3Bsh9gYXFIzzc+iL5eY6J6iNZ
        -----END CERTIFICATE-----
        """
}
