import AuditLog
import Dispatch
import Synchronization

/// Leaf hashes of entries of the open transaction, on their way beside the writer.
final class LeavesUnderWay: Sendable {
    private enum State: Sendable {
        case waiting
        case begun
        case done([Digest256])
    }

    private let bytes: [UInt8]
    private let forms: PackedEntries.Forms
    private let first: UInt64
    private let state = Mutex(State.waiting)
    private let isDone = DispatchSemaphore(value: 0)

    /// One thread: there is as much to do for it as for the writer.
    private static let queue = DispatchQueue(label: "leaves", qos: .userInitiated)

    /// - Parameters:
    ///   - bytes, forms: of packed entries.
    ///   - first: the sequence of the first.
    init(of bytes: [UInt8], forms: PackedEntries.Forms, from first: UInt64) {
        (self.bytes, self.forms, self.first) = (bytes, forms, first)
    }

    func begin() { Self.queue.async { self.computeUnlessBegun() } }

    /// Waits, or computes them where nobody has come to it.
    func finish() -> [Digest256] {
        if !computeUnlessBegun() { isDone.wait() }
        return state.withLock { if case .done(let leaves) = $0 { leaves } else { [] } }
    }

    /// - Returns: false when somebody else was there first.
    @discardableResult
    private func computeUnlessBegun() -> Bool {
        let isMine = state.withLock { state in
            guard case .waiting = state else { return false }
            state = .begun
            return true
        }
        guard isMine else { return false }
        let leaves = PackedEntries.leaves(of: bytes[...], forms: forms, from: first)
        state.withLock { $0 = .done(leaves) }
        isDone.signal()
        return true
    }
}
