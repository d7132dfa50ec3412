import Foundation
import Synchronization

/// Stands between two gateways and forwards the bytes of their connections, until it is told to do something worse.
final class Proxy: Sendable {
    /// What happens to the next connection.
    enum Fault: Sendable, Hashable {
        /// Ends both sides once so many bytes went towards the server, or came from it. `hard` sends a reset.
        case cut(ProxyConnection.Direction, after: Int, hard: Bool)
        /// Forwards nothing more, in either direction, once so many bytes went towards the server, or came from it; nobody is told.
        case blackHole(ProxyConnection.Direction, after: Int)
        /// The server's side is ended, the client's stays open and silent.
        case halfOpen(after: Int)
        /// Every piece waits.
        case delay(milliseconds: UInt32)
        /// What comes back after the first `answer` bytes is thrown away, and the connection ends a moment later.
        case swallowAnswer(after: Int)
    }

    private struct State {
        var armed: Fault?
        var fired = 0
        var connections: [ProxyConnection] = []
        var isEnded = false
        /// The bytes of the newest connection, each way.
        var newest = (up: 0, down: 0)
    }

    private let listener: Int32
    private let server: Int
    private let state = Mutex(State())

    init(listening port: Int, to server: Int) throws {
        self.server = server
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in.loopback(port)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(listener, 64) == 0 else {
            throw FaultsError(.system, "the proxy's port \(port) was taken", remedy: "run again")
        }
        Thread.detachNewThread { [self] in accept() }
    }

    /// Closes what is open, and does this to the next connection only.
    func arm(_ fault: Fault?) {
        closeAll()
        state.withLock {
            $0.armed = fault
            $0.fired = 0
            $0.newest = (0, 0)
        }
    }

    /// Whether the fault that was armed came.
    var hasFired: Bool { state.withLock { $0.fired > 0 } }

    /// How many bytes the newest connection carried, each way.
    var bytes: (up: Int, down: Int) { state.withLock { $0.newest } }

    func closeAll() {
        for connection in state.withLock({ state in
            defer { state.connections = [] }
            return state.connections
        }) { connection.end(hard: true) }
    }

    func end() {
        state.withLock { $0.isEnded = true }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        closeAll()
    }

    private func accept() {
        while true {
            let client = Foundation.accept(listener, nil, nil)
            guard client >= 0 else {
                if state.withLock({ $0.isEnded }) { return }
                usleep(1_000)
                continue
            }
            guard let upstream = ProxyConnection.connect(to: server) else {
                close(client)
                continue
            }
            let fault = state.withLock { state in
                defer { state.armed = nil }
                return state.armed
            }
            let connection = ProxyConnection(client: client, server: upstream, fault: fault) { [self] event in
                state.withLock { state in
                    switch event {
                    case .carried(let up, let down): state.newest = (up, down)
                    case .fired: state.fired += 1
                    }
                }
            }
            state.withLock { state in
                state.connections.removeAll { $0.isEnded }
                state.connections.append(connection)
            }
            connection.start()
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
