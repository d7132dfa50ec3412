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
        let own = try String(contentsOfFile: "\(checked.folder)/tls/ca.pem", encoding: .utf8)
        let second = try String(contentsOfFile: "\(other.folder)/tls/ca.pem", encoding: .utf8)
        try (own + "\n" + second).write(toFile: "\(checked.folder)/tls/all.pem", atomically: true, encoding: .utf8)
        try second.write(toFile: "\(checked.folder)/tls/second.pem", atomically: true, encoding: .utf8)
        let file = "\(checked.folder)/gateway.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8).replacingOccurrences(
            of: "port: \(checked.port) }", with: "port: \(checked.port), clientCA: tls/all.pem }")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try checked.knows(other, ca: "tls/second.pem", ["mode: pull"])
        try await checked.start()
        try own.write(toFile: "\(other.folder)/tls/first.pem", atomically: true, encoding: .utf8)
        let right = try await capabilities(other, try other.client(trusting: "tls/first.pem"))
        #expect(right == 200, "\(checked.log)")
        // Henan by name, and by an authority that the listener trusts, but not Henan's.
        #expect(try await capabilities(other, try peer.client()) == 403)
    }

    private func capabilities(_ signing: TestGateway, _ client: CurlClient) async throws -> Int {
        let caller = PeerCaller(signer: MessageSigner(key: try signing.key, clock: { Instant.now() }))
        return try await client.send(try caller.capabilities(of: try checked.address).transportRequest()).status
    }
}
