import Foundation
import Synchronization

/// One connection through the proxy: two threads that carry bytes, one each way.
final class ProxyConnection: Sendable {
    enum Direction: String, Sendable, Hashable {
        /// From the client to the server.
        case up
        case down
    }

    enum Event {
        case carried(up: Int, down: Int)
        case fired
    }

    private struct State {
        var up = 0
        var down = 0
        var isEnded = false
        var isSilent = false
        var threads = 2
    }

    private let client: Int32
    private let server: Int32
    private let fault: Proxy.Fault?
    private let report: @Sendable (Event) -> Void
    private let state = Mutex(State())

    init(client: Int32, server: Int32, fault: Proxy.Fault?, report: @escaping @Sendable (Event) -> Void) {
        (self.client, self.server, self.fault, self.report) = (client, server, fault, report)
        var one: Int32 = 1
        for side in [client, server] {
            setsockopt(side, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    static func connect(to port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in.loopback(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return nil
    }

    var isEnded: Bool { state.withLock { $0.isEnded } }

    func start() {
        Thread.detachNewThread { [self] in carry(.up) }
        Thread.detachNewThread { [self] in carry(.down) }
    }

    /// - Parameter hard: by a reset instead of an orderly end.
    func end(hard: Bool) {
        let isFirst = state.withLock { state in
            defer { state.isEnded = true }
            return !state.isEnded
        }
        guard isFirst else { return }
        for side in [client, server] {
            if hard {
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(side, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
            }
            shutdown(side, Int32(hard ? SHUT_RD : SHUT_RDWR))
        }
    }

    private func carry(_ direction: Direction) {
        let (from, to) = direction == .up ? (client, server) : (server, client)
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while !isEnded {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            guard pass(Int(count), direction, { put(buffer[..<$0], to) }) else { break }
        }
        if !state.withLock({ $0.isSilent }) { end(hard: false) }
        // The descriptors are given back by whichever thread ends last, so that no number is used twice.
        if state.withLock({ state in
            state.threads -= 1
            return state.threads == 0
        }) {
            close(client)
            close(server)
        }
    }

    /// Applies the fault to a piece that came.
    /// - Returns: whether the connection goes on.
    private func pass(_ count: Int, _ direction: Direction, _ forward: (Int) -> Bool) -> Bool {
        let now = state.withLock { state in
            if direction == .up { state.up += count } else { state.down += count }
            return state
        }
        let before = (direction == .up ? now.up : now.down) - count
        report(.carried(up: now.up, down: now.down))
        if now.isSilent { return true }
        switch fault {
        case .cut(direction, let after, let hard)? where before + count > after:
            _ = forward(max(0, after - before))
            report(.fired)
            end(hard: hard)
            return false
        case .blackHole(direction, let after)? where before + count > after:
            _ = forward(max(0, after - before))
            fallSilent()
        case .halfOpen(let after)? where direction == .up && before + count > after:
            fallSilent()
            shutdown(server, Int32(SHUT_RDWR))
        case .swallowAnswer(let after)? where direction == .down && before + count > after:
            report(.fired)
            usleep(20_000)
            end(hard: false)
            return false
        case .delay(let milliseconds)?:
            report(.fired)
            usleep(milliseconds * 1_000)
            return forward(count)
        default: return forward(count)
        }
        return true
    }

    private func fallSilent() {
        state.withLock { $0.isSilent = true }
        report(.fired)
    }

    private func put(_ bytes: ArraySlice<UInt8>, _ side: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(side, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
