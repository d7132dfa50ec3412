import Exchange
import Foundation
import Interchange
import Testing

/// This gateway as the conformance peer sees it, and what it asks of its peers' certificates.
@Suite(.serialized) struct ExchangeConformanceTests {
    private let scratch: Scratch
    private let checked, peer: TestGateway

    init() throws {
        scratch = try Scratch()
        checked = try TestGateway("44", in: scratch)
        peer = try TestGateway("41", in: scratch)
    }

    @Test func everyRuleOfThePageIsKept() async throws {
        try checked.knows(peer, ["mode: pull"])
        try peer.knows(checked)
        try await checked.start()
        #expect(try await checked.submitSample().status == 200)
        let report = try Executable.run([
            "peer", "check", "https://localhost:\(checked.port)", "--config", "\(peer.folder)/gateway.yaml", "--json",
        ])
        let lines = report.output.split(separator: "\n")
        let others = lines.filter { !$0.contains(#""verdict":"kept""#) }
        #expect(report.status == 0)
        #expect(others.isEmpty, "\(others.joined(separator: "\n"))\n\(report.errors)\n\(checked.log)")
        #expect(lines.count > 80)
    }

    @Test func aPeersCertificateMustComeFromItsOwnAuthority() async throws {
        // Both authorities may connect; Henan's certificates come from the second.
        let elsewhere = try Scratch()
        let other = try TestGateway("41", in: elsewhere)
        let own = try takesConnectionsOf(other)
        try checked.knows(other, ca: "tls/second.pem", ["mode: pull"])
        try await checked.start()
        try own.write(toFile: "\(other.folder)/tls/first.pem", atomically: true, encoding: .utf8)
        let right = try await capabilities(other, try other.client(trusting: "tls/first.pem"))
        #expect(right == 200, "\(checked.log)")
        // Henan by name, and by an authority that the listener trusts, but not Henan's.
        #expect(try await capabilities(other, try peer.client()) == 403)
    }

    @Test(arguments: ["tls/ca.pem", "tls/all.pem"])
    func anAuditorsCertificateMustComeFromThisProvincesAuthority(operators: String) async throws {
        let elsewhere = try Scratch()
        let other = try TestGateway("41", in: elsewhere)
        // What Henan's authority can make: certificates in the name of Guangdong.
        let forged = try TestGateway("44", in: elsewhere)
        let own = try takesConnectionsOf(other, operators: operators)
        try checked.knows(other, ca: "tls/second.pem", ["mode: pull"])
        try await checked.start()
        try own.write(toFile: "\(forged.folder)/tls/first.pem", atomically: true, encoding: .utf8)
        let auditor = try checked.client("auditor-au1")
        let forger = try forged.client("auditor-au1", trusting: "tls/first.pem")
        #expect(try await status(of: "/audit/checkpoint", auditor) == 200, "\(checked.log)")
        // The bundle is not full yet.
        #expect(try await status(of: "/audit/tile/entries/000", auditor) == 404)
        #expect(try await status(of: "/audit/checkpoint", forger) == 403)
        #expect(try await status(of: "/audit/tile/entries/000", forger) == 403)
        #expect(try await status(of: "/audit/witness/checkpoint?origin=x", forger) == 403)
    }

    @inline(never)
    private func status(of path: String, _ client: CurlClient) async throws -> Int {
        try await client.send(TransportRequest(method: "GET", url: "https://localhost:\(checked.port)\(path)")).status
    }

    /// Lets the authorities of both connect to the exchange listener: `tls/all.pem`. The other's alone is `tls/second.pem`.
    /// - Parameter operators: the file of the authority of this province's own persons.
    /// - Returns: the authority of this gateway, PEM.
    private func takesConnectionsOf(_ other: TestGateway, operators: String = "tls/ca.pem") throws -> String {
        let own = try String(contentsOfFile: "\(checked.folder)/tls/ca.pem", encoding: .utf8)
        let second = try String(contentsOfFile: "\(other.folder)/tls/ca.pem", encoding: .utf8)
        try (own + second).write(toFile: "\(checked.folder)/tls/all.pem", atomically: true, encoding: .utf8)
        try second.write(toFile: "\(checked.folder)/tls/second.pem", atomically: true, encoding: .utf8)
        let file = "\(checked.folder)/gateway.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
            .replacingOccurrences(of: "clientCA: tls/ca.pem }", with: "clientCA: \(operators) }")
            .replacingOccurrences(
                of: "port: \(checked.port) }", with: "port: \(checked.port), clientCA: tls/all.pem }")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return own
    }

    private func capabilities(_ signing: TestGateway, _ client: CurlClient) async throws -> Int {
        let caller = PeerCaller(signer: MessageSigner(key: try signing.key, clock: { Instant.now() }))
        return try await client.send(try caller.capabilities(of: try checked.address).transportRequest()).status
    }
}
