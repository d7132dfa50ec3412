import Exchange
import Foundation
import Gateway
import Testing

/// Every route of every listener, walked without a certificate, with one of another authority, with every kind of certificate,
/// and with one of another province: who has no right to it gets nothing, and a line in the log or the audit log says so.
///
/// The routes are those of `AccessTable`; a gateway does not start when it has one that is not there.
@Suite struct AuthorizationMatrixTests {
    private static let listeners = ["exchange", "status", "local", "operations"]

    /// A client, and which callers it is one of; nil for a name that no listener knows.
    private struct Caller {
        var name: String
        var role: CallerRole?
        var client: CurlClient
    }

    @Test func everyRouteIsClosedToWhoHasNoRightToIt() async throws {
        let scratch = try Scratch()
        let gateway = try await RunningGateway(scratch)
        let callers = try callers(gateway, scratch)
        var expected = 0
        for row in AccessTable.rows {
            for caller in callers {
                let isAllowed = caller.role.map(row.who.contains) ?? row.who.contains(.anyone)
                let status = try await status(of: row, caller, gateway)
                if isAllowed {
                    #expect(status != 403, "\(row) \(caller.name)")
                } else {
                    #expect(status == 403, "\(row) \(caller.name)")
                    expected += 1
                }
            }
        }
        let lines = gateway.log.split(separator: "\n").count { $0.contains("turned away") }
        #expect(lines >= expected)
        try await closedWithoutCertificate(gateway)
        try await closedToOtherAuthorities(gateway, scratch)
    }

    /// The names in certificates: one of each role, and what comes near.
    private func callers(_ gateway: RunningGateway, _ scratch: Scratch) throws -> [Caller] {
        let names: [(String, CallerRole?, String)] = [
            ("gateway of a peer", .province, "\(scratch.path)/44/tls/gateway"),
            ("bureau", .bureau, "\(gateway.folder)/tls/bureau-police-1"),
            ("source", .source, "\(gateway.folder)/tls/source-register"),
            ("operator", .operator, "\(gateway.folder)/tls/operator-op1"),
            ("supervisor", .supervisor, "\(gateway.folder)/tls/supervisor-sv1"),
            ("auditor", .auditor, "\(gateway.folder)/tls/auditor-au1"),
            ("portal", .portal, "\(gateway.folder)/tls/portal"),
            ("gateway that is no peer", nil, "\(gateway.folder)/tls/gateway"),
            ("bureau of another province", nil, "\(scratch.path)/44/tls/bureau-police-1"),
            ("source of another province", nil, "\(scratch.path)/44/tls/source-register"),
            ("operator of another province", nil, "\(scratch.path)/44/tls/operator-op1"),
            ("supervisor of another province", nil, "\(scratch.path)/44/tls/supervisor-sv1"),
            ("auditor of another province", nil, "\(scratch.path)/44/tls/auditor-au1"),
            ("portal of another province", nil, "\(scratch.path)/44/tls/portal"),
        ]
        return try names.map { Caller(name: $0.0, role: $0.1, client: try gateway.client($0.2)) }
    }

    private func status(of row: AccessRow, _ caller: Caller, _ gateway: RunningGateway) async throws -> Int {
        let listener = try #require(Self.listeners.firstIndex(of: row.listener))
        let path = row.path.replacingOccurrences(of: "**", with: "0/000").replacingOccurrences(of: "*", with: "none")
        return try await caller.client.send(
            TransportRequest(
                method: row.method, url: "https://localhost:\(gateway.port + listener)\(path)",
                fields: row.method == "GET" ? [:] : ["content-type": "application/json"],
                content: row.method == "GET" ? [] : Array("{}".utf8))
        ).status
    }

    /// Three listeners end the handshake; the one for operations lets nobody in particular see whether the gateway is well.
    private func closedWithoutCertificate(_ gateway: RunningGateway) async throws {
        let ca = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(gateway.folder)/tls/ca.pem")))
        let client = try CurlClient(TransportCredentials(authorities: ca, certificate: [], privateKey: []))
        for row in AccessTable.rows {
            let caller = Caller(name: "nobody", role: .anyone, client: client)
            let status = try? await status(of: row, caller, gateway)
            if row.who.contains(.anyone) {
                #expect(status == 200, "\(row)")
            } else {
                #expect(status == nil || status == 403, "\(row): \(status ?? 0)")
            }
        }
    }

    private func closedToOtherAuthorities(_ gateway: RunningGateway, _ scratch: Scratch) async throws {
        let made = try Executable.run([
            "init", "--province", "41", "--dir", "\(scratch.path)/stranger", "--ca", "\(scratch.path)/other-ca",
        ])
        #expect(made.status == 0, "\(made.errors)")
        for name in [
            "gateway", "bureau-police-1", "source-register", "operator-op1", "supervisor-sv1", "auditor-au1", "portal",
        ] {
            let client = try gateway.client(
                "\(scratch.path)/stranger/tls/\(name)", ca: "\(gateway.folder)/tls/ca.pem")
            for row in AccessTable.rows {
                let caller = Caller(name: name, role: nil, client: client)
                let status = try? await status(of: row, caller, gateway)
                #expect(status == nil, "\(row) \(name)")
            }
        }
        #expect(gateway.log.contains("TLS handshake refused"))
    }
}
