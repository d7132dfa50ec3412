import Foundation
import Store

/// One gateway's disk, as the preloaded library makes it.
struct FaultyDisk {
    /// How the call ends; the names are the library's.
    enum Kind: String, CaseIterable, Sendable {
        /// Killed before it, or after it.
        case before, after
        /// It fails, once.
        case eio, enospc
        /// Half of it is written, then a kill, or then an error.
        case torn
        case tornError = "torneio"
        /// Killed, and everything is lost that was not flushed; or some of it, in any order.
        case lose
        case loseSome = "losesome"
    }

    struct Report {
        /// Calls that change or flush a file of the store.
        var calls: Int
        var hasFired: Bool
    }

    /// The longest that one pass may take before it is healed, in seconds.
    static let workSeconds = 20.0

    private let library: String
    private let file: String
    private let station: Station

    /// - Throws: ``FaultsError`` `missing` when the library is not built.
    init(preload: String, _ station: Station) throws {
        library = "\(preload)/libdisk.so"
        guard FileManager.default.fileExists(atPath: library) else {
            throw FaultsError(.missing, "\(library) is not built", remedy: "start `make faults`")
        }
        file = "\(station.folder)/disk-report"
        self.station = station
    }

    func environment(_ kind: Kind, at site: Int, seed: UInt64) -> [String: String] {
        [
            "LD_PRELOAD": library, "YIZHAN_FAULT_FILES": "\(station.state)/yizhan.sqlite", "YIZHAN_FAULT_AT": "\(site)",
            "YIZHAN_FAULT_KIND": kind.rawValue, "YIZHAN_FAULT_SEED": "\(seed)", "YIZHAN_FAULT_REPORT": file,
        ]
    }

    func reset() throws { try Data(repeating: 0, count: 16).write(to: URL(fileURLWithPath: file)) }

    func report() throws -> Report {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let words = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: Int64.self), $0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
        }
        return Report(calls: Int(words.0), hasFired: words.1 != 0)
    }

    /// Lets the gateway work until it is done, it died, or an error had time to show what it does.
    func work(until isDone: () async throws -> Bool) async throws {
        let start = ContinuousClock.now
        var fired: ContinuousClock.Instant?
        while (ContinuousClock.now - start).seconds < Self.workSeconds, station.isRunning {
            if try report().hasFired {
                fired = fired ?? ContinuousClock.now
                if let fired, (ContinuousClock.now - fired).seconds > 0.3 { return }
            }
            // Once the fault has come the gateway may be dying, and its files are taken back to what was flushed.
            do { if try await isDone() { return } } catch let error as StoreError {
                guard try report().hasFired else { throw error }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
