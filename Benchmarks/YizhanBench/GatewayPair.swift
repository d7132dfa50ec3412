import Foundation
import Gateway

/// Guangdong and Henan as `yizhan init` makes them, under one development CA, each named to the other.
final class GatewayPair {
    let scratch: Scratch
    let guangdong: GatewayProcess
    let henan: GatewayProcess

    init() throws {
        let scratch = try Scratch()
        do {
            let port = try FreePorts.find(8)
            let left = try GatewayProcess("44", in: scratch, port: port)
            let right = try GatewayProcess("41", in: scratch, port: port + 4)
            try left.know(right)
            try right.know(left)
            (self.scratch, guangdong, henan) = (scratch, left, right)
        } catch {
            scratch.remove()
            throw error
        }
    }

    /// SIGKILL for both.
    func stop() {
        guangdong.stop()
        henan.stop()
    }

    func end() {
        stop()
        scratch.remove()
    }
}

/// Ports of the loopback interface that nobody listens on.
enum FreePorts {
    /// - Returns: the first of `count` in a row.
    static func find(_ count: Int) throws -> Int {
        for _ in 0..<100 {
            let first = Int.random(in: 20_000...32_000)
            if (first..<first + count).allSatisfy(isFree) { return first }
        }
        throw GatewayError(
            .inUse, "no \(count) free ports in a row were found", remedy: "stop what listens on loopback")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Waits for what another process does.
enum Poll {
    /// - Throws: ``GatewayError`` `unreachable` when it does not come true in time.
    static func until(
        _ what: String, seconds: Int, every pause: Duration, _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: pause)
        }
        throw GatewayError(.unreachable, "waited \(seconds) s in vain until \(what)", remedy: "report this as a defect")
    }
}
