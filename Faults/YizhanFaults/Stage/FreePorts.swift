import Foundation

/// Ports of the loopback interface that nobody listens on.
enum FreePorts {
    /// Not from the seed: what is free is not ours to choose.
    /// - Returns: the first of `count` in a row.
    static func find(_ count: Int) throws -> Int {
        for _ in 0..<200 {
            // Below what the system gives to connections that go out: one of those could hold a port while its gateway is down.
            let first = Int.random(in: 12_000...32_000)
            if (first..<first + count).allSatisfy(isFree) { return first }
        }
        throw FaultsError(
            .system, "no \(count) free ports in a row were found", remedy: "stop what listens on loopback")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in.loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension sockaddr_in {
    static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
