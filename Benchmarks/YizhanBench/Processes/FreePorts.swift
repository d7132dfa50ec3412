import Foundation
import Gateway

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

    private static func isFree(_ port: Int) -> Bool { at(port) { bind($0, $1, $2) } }

    static func isListenedOn(_ port: Int) -> Bool { at(port) { connect($0, $1, $2) } }

    private static func at(
        _ port: Int, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
