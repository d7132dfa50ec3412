import Exchange
import Foundation
import Glibc
import Testing

/// What the client does without a peer: nothing here speaks TLS.
@Suite struct CurlClientTests {
    static func client() throws -> CurlClient {
        try CurlClient(TestCertificates.credentials)
    }

    static func code(_ request: TransportRequest) async throws -> TransportError.Code? {
        let client = try client()
        do {
            _ = try await client.send(request)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: ["http://127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/hostname", "", "https://"])
    func onlyHTTPSIsSpoken(url: String) async throws {
        #expect(try await Self.code(TransportRequest(method: "GET", url: url)) == .invalidRequest)
    }

    @Test(arguments: [("GET\r\nX: y", "v"), ("", "v"), ("GET", "v\r\nHost: other"), ("GET", "a\0b")])
    func nothingBreaksOutOfTheHead(method: String, value: String) async throws {
        let request = TransportRequest(method: method, url: "https://127.0.0.1:1/", fields: ["x-test": value])
        #expect(try await Self.code(request) == .invalidRequest)
    }

    @Test func aClosedPortIsNotConnected() async throws {
        let silent = try SilentPort()
        let url = silent.url
        silent.close()
        #expect(try await Self.code(TransportRequest(method: "GET", url: url)) == .notConnected)
    }

    @Test func aPeerThatSaysNothingTimesOut() async throws {
        let silent = try SilentPort()
        defer { silent.close() }
        let limits = TransportLimits(connect: .milliseconds(50))
        let request = TransportRequest(method: "POST", url: silent.url, content: [1], limits: limits)
        #expect(try await Self.code(request) == .timedOut)
    }

    @Test func aCancelledRequestEnds() async throws {
        let silent = try SilentPort()
        defer { silent.close() }
        let url = silent.url
        let task = Task { try await Self.code(TransportRequest(method: "GET", url: url)) }
        await silent.accept()
        task.cancel()
        #expect(try await task.value == .cancelled)
    }

    @Test func credentialsThatAreNoCertificatesAreATLSFailure() async throws {
        let silent = try SilentPort()
        defer { silent.close() }
        let client = try CurlClient(TransportCredentials(authorities: [1], certificate: [1], privateKey: [1]))
        let error = await #expect(throws: TransportError.self) {
            try await client.send(TransportRequest(method: "GET", url: silent.url))
        }
        #expect(error?.code == .tlsFailed)
    }

    @Test func whatIsUnderWayEndsWithTheClient() async throws {
        let silent = try SilentPort()
        defer { silent.close() }
        let url = silent.url
        let client = try Self.client()
        let task = Task { try await client.send(TransportRequest(method: "GET", url: url)) }
        await silent.accept()
        client.shutDown()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.code == .closed)
        let later = await #expect(throws: TransportError.self) {
            try await client.send(TransportRequest(method: "GET", url: url))
        }
        #expect(later?.code == .closed)
    }

    @Test func onlyAnInvalidRequestIsNotTriedAgain() {
        let final = TransportError.Code.allCases.filter { !TransportError($0, "").isRetryable }
        #expect(final == [.invalidRequest])
    }
}

/// A port on the loopback that takes connections and never answers.
final class SilentPort: Sendable {
    private let descriptor: Int32
    let url: String

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) + listen(descriptor, 8) + getsockname(descriptor, $0, &length)
            }
        }
        try #require(failed == 0)
        url = "https://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
    }

    /// Returns when somebody has connected. The connection stays open: closing it would be an answer.
    func accept() async {
        // A thread of its own: the tests' threads are few, and one of them has to connect.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [descriptor] in
                _ = Glibc.accept(descriptor, nil, nil)
                continuation.resume()
            }
        }
    }

    func close() { Glibc.close(descriptor) }
}
