import Dispatch
import Foundation
import Interchange
import Store
import Synchronization
import Testing

/// Who waits for the disk, on one that is held up and on one that fails.
@Suite struct LogSyncTests {
    /// A disk that flushes when it is let, and fails when it is told to.
    private final class Disk: Sendable {
        private let state = Mutex((isHeld: false, code: Int32(0)))
        private let gate = DispatchSemaphore(value: 0)
        /// Each time that a flush is held up.
        let held: AsyncStream<Void>
        private let tell: AsyncStream<Void>.Continuation

        init() { (held, tell) = AsyncStream.makeStream() }

        func hold() { state.withLock { $0.isHeld = true } }
        func release() {
            state.withLock { $0.isHeld = false }
            gate.signal()
        }
        func fail(with code: Int32) { state.withLock { $0.code = code } }

        func flush(_ descriptor: Int32) -> Int32 {
            let (isHeld, code) = state.withLock { $0 }
            if isHeld {
                tell.yield()
                gate.wait()
            }
            guard code == 0 else { return code }
            return fdatasync(descriptor) == 0 ? 0 : errno
        }
    }

    private func bench(_ disk: Disk) throws -> Bench {
        try Bench(
            Engine(name: "SQLite") {
                try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys(), flush: { disk.flush($0) })
            })
    }

    private func chunk(_ bench: Bench, _ number: UInt64) async throws -> PreparedIntake {
        let run = try await bench.delivery.openRun(
            RunDescription(mapping: "henan-arrivals", actor: operatorActor, startedAt: noon))
        return await bench.delivery.prepare(
            IntakeChunk(run: run, actor: operatorActor, drafts: [bench.draft(number)], refused: [], at: noon))
    }

    @Test func nobodyIsToldBeforeTheDiskHasIt() async throws {
        let disk = Disk()
        let bench = try bench(disk)
        let chunk = try await chunk(bench, 1)
        let told = Mutex<[String]>([])
        disk.hold()
        let accepted = AsyncStream<Void>.makeStream()
        bench.delivery.accept(chunk, in: IntakeOrder()) { _ in
            told.withLock { $0.append("accepted") }
            accepted.continuation.finish()
        }
        for await _ in disk.held.prefix(1) {}
        // The commit is over and can be seen, and is not on the disk.
        let (seen, isSeen) = AsyncStream.makeStream(of: Never.self)
        let store = bench.store
        let read = Task {
            defer { told.withLock { $0.append("read") } }
            let size = try await store.auditSize()
            isSeen.finish()
            return size
        }
        for _ in 0..<1_000 { await Task.yield() }
        told.withLock { $0.append("released") }
        disk.release()
        for await _ in seen {}
        for await _ in accepted.stream {}
        #expect(try await read.value == 1)
        let order = told.withLock { $0 }
        #expect(order.first == "released" && Set(order) == ["released", "accepted", "read"])
    }

    @Test func aDiskThatFailedIsToldToAllAndToNobodyAsDone() async throws {
        let disk = Disk()
        var bench = try bench(disk)
        let (first, second) = (try await chunk(bench, 1), try await chunk(bench, 2))
        let broken = Mutex(0)
        bench.store.onBroken { failure in broken.withLock { $0 += failure.code == .broken ? 1 : 100 } }
        disk.fail(with: EIO)
        #expect(await accept(first, in: bench) == .broken)
        // The disk is well again, and what it lost is lost.
        disk.fail(with: 0)
        #expect(await accept(second, in: bench) == .broken)
        let store = bench.delivery
        #expect(await code { _ = try await store.auditSize() } == .broken)
        #expect(broken.withLock { $0 } == 1)
        bench = try await bench.reopened()
        try await bench.expectSoundLog()
        #expect(await accept(second, in: bench) == nil)
    }

    private func accept(_ chunk: PreparedIntake, in bench: Bench) async -> StoreError.Code? {
        await code { _ = try await bench.delivery.accept(chunk.chunk) }
    }
}
