import Foundation
import GRDB
import Interchange
import Store
import Testing

/// Trees of many leaves. `YIZHAN_LEAVES=5000000 YIZHAN_LEAVES_PER_ROW=10` measures those of a large store of small batches, and
/// prints what it took.
@Suite(.serialized) struct LeafScaleTests {
    /// More than are held at a time.
    private static let leaves = number("YIZHAN_LEAVES") ?? 600_000
    private static let perRow = number("YIZHAN_LEAVES_PER_ROW") ?? 1_000

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// How the leaves of one hour lie in rows.
    enum Layout: String, Sendable, CaseIterable {
        /// Each row after the one before, as batches come.
        case following
        /// Every row reaches over the whole hour: the worst that a peer can send.
        case interleaved
        /// Following, and as many rows that say the same again: the newest counts.
        case repeated
    }

    @Test func theRootIsTheSameHoweverRowsLie() async throws {
        var found: [Layout: LeafSummary] = [:]
        for layout in Layout.allCases { found[layout] = try await summary(layout) }
        let following = try #require(found[.following])
        #expect(following.leaves == Self.leaves)
        #expect(found[.interleaved] == following)
        #expect(found[.repeated] == following)
    }

    private func summary(_ layout: Layout) async throws -> LeafSummary {
        let bench = try Bench(Engine.all[0])
        try write(layout, into: bench)
        forgetPeak()
        let before = memory()
        let start = ContinuousClock.now
        let windows = try await bench.windows(bench.received)
        let took = ContinuousClock.now - start
        let again = ContinuousClock.now
        _ = try await bench.windows(bench.received)
        print(
            "\(layout.rawValue): \(Self.leaves) leaves in \(took), again in \(ContinuousClock.now - again); "
                + "\((memory() - before) / 1_024) MiB more at the peak")
        #expect(windows.count == 1)
        return try #require(windows.first).summary
    }

    // MARK: Parts

    private func write(_ layout: Layout, into bench: Bench) throws {
        let queue = try DatabaseQueue(path: bench.folder.database)
        let rows = Self.leaves / Self.perRow
        let peer = Int(bench.provinces.peer.number)
        try queue.write { database in
            let batch = try database.makeStatement(
                sql: """
                    INSERT INTO received(sender, batch, digest, received_at, first_entry, last_entry, receipt)
                    VALUES (?, ?, zeroblob(32), 0, 0, 0, zeroblob(1))
                    """)
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO leaf(peer, direction, hour, first, last, batch, leaves, body)
                    VALUES (?, 2, ?, ?, ?, ?, ?, ?)
                    """)
            for round in 0..<(layout == .repeated ? 2 : 1) {
                for row in 0..<rows {
                    let numbers =
                        layout == .interleaved
                        ? Array(stride(from: row, to: rows * Self.perRow, by: rows))
                        : Array(row * Self.perRow..<(row + 1) * Self.perRow)
                    let id = Self.bytes(of: round * rows + row)
                    try batch.execute(arguments: [peer, Data(id)])
                    // What is said first is not what counts.
                    let outcome: UInt8 = layout == .repeated && round == 0 ? 2 : 1
                    let body = numbers.flatMap {
                        Self.bytes(of: $0) + [UInt8](repeating: UInt8($0 & 255), count: 32) + [outcome]
                    }
                    try insert.execute(arguments: [
                        peer, bench.hour.number, Data(body.prefix(16)), Data(body.suffix(49).prefix(16)), Data(id),
                        numbers.count, Data(body),
                    ])
                }
            }
        }
        try queue.close()
    }

    /// The n-th id of the hour, a UUIDv7.
    private static func bytes(of number: Int) -> [UInt8] {
        let time = UInt64(noon.milliseconds) << 16 | 0x7000
        let low = 0x8000_0000_0000_0000 | UInt64(number)
        return withUnsafeBytes(of: (time.bigEndian, low.bigEndian)) { Array($0) }
    }

    /// From here on the peak is counted anew, where the system allows it.
    private func forgetPeak() {
        try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    }

    /// The peak of resident memory, in KiB; 0 where the system does not say.
    private func memory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
