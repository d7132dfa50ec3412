#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Synchronization

/// Ports of the loopback interface, for who starts gateways beside each other on one machine: the demonstration, the benchmark, the
/// fault runs and the tests.
public enum FreePorts {
    /// Below what the system gives to connections that go out: one of those could hold a port while its gateway is down.
    static let range = 12_000...32_000

    /// Those that were found in this process: between finding and listening another could find them, too.
    private static let found = Mutex<Set<Int>>([])

    /// Ports on which nobody listens, and which were not found before in this process.
    /// - Returns: the first of `count` in a row.
    /// - Throws: ``GatewayError`` `inUse` when none are found.
    public static func find(_ count: Int) throws -> Int {
        for _ in 0..<200 {
            let first = Int.random(in: range)
            let ports = first..<first + count
            if ports.allSatisfy({ at($0) { bind($0, $1, $2) } }), take(ports) { return first }
        }
        throw GatewayError(
            .inUse, "no \(count) free ports in a row were found", remedy: "stop what listens on loopback")
    }

    /// - Returns: false when another took one of them meanwhile.
    private static func take(_ ports: Range<Int>) -> Bool {
        found.withLock { found in
            guard found.isDisjoint(with: ports) else { return false }
            found.formUnion(ports)
            return true
        }
    }

    public static func isListenedOn(_ port: Int) -> Bool { at(port) { connect($0, $1, $2) } }

    /// Whether the call succeeds on a new socket with the port's address.
    private static func at(_ port: Int, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Bool {
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
