import Foundation
import Interchange
import Store
import Synchronization

/// Keeps a part of the disk for what must always be written: audit entries, receipts and settlements. What brings new payloads
/// in asks here first.
final class StorageReserve: Sendable {
    /// How long an answer holds, in milliseconds.
    static let freshMilliseconds: Int64 = 1_000

    private let folder: String
    private let bytes: Int64
    private let boundBytes: Int64
    private let store: any Store
    private let last = Mutex<(at: Instant, isReached: Bool)?>(nil)

    /// - Parameters:
    ///   - bytes: of the disk that are left alone; 0 for none.
    ///   - bound: to which the store itself may grow, in bytes; a sixteenth of it is left alone.
    init(storePath: String, bytes: Int, bound: Int?, store: any Store) {
        folder = URL(fileURLWithPath: storePath).deletingLastPathComponent().path
        self.bytes = Int64(bytes)
        boundBytes = bound.map { min(Int64(bytes), Int64($0) / 16) } ?? 0
        self.store = store
    }

    /// What the configuration says.
    convenience init(_ configuration: GatewayConfiguration, store: any Store) {
        self.init(
            storePath: configuration.storePath, bytes: configuration.limits.diskReserveBytes,
            bound: configuration.limits.databasePages.map { $0 * 4_096 }, store: store)
    }

    /// - Throws: ``StoreError`` `full` when the reserve is reached; what the store throws.
    func check(at now: Instant) async throws {
        guard try await isReached(at: now) else { return }
        throw StoreError(
            .full, "the disk has no more than the reserve of \(bytes) bytes",
            remedy: "make room on the store's disk, or lower `limits.diskReserveBytes`")
    }

    private func isReached(at now: Instant) async throws -> Bool {
        if let last = last.withLock({ $0 }), abs(now.milliseconds - last.at.milliseconds) < Self.freshMilliseconds {
            return last.isReached
        }
        let room = try await store.roomLeft()
        let isReached = freeOnDisk < bytes || room < boundBytes
        last.withLock { $0 = (now, isReached) }
        return isReached
    }

    /// What this process may still use of the store's file system; all there is when the system does not say.
    private var freeOnDisk: Int64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }
}
