import Foundation

/// One gateway's wall clock, as the preloaded library makes it.
struct WrongClock {
    private let library: String
    private let file: String

    /// - Throws: ``FaultsError`` `missing` when the library is not built.
    init(_ run: Run, _ station: Station) throws {
        library = "\(run.preload)/libclock.so"
        guard FileManager.default.fileExists(atPath: library) else {
            throw FaultsError(.missing, "\(library) is not built", remedy: "start `make faults`")
        }
        file = "\(station.folder)/clock-offset"
        try Data(repeating: 0, count: 8).write(to: URL(fileURLWithPath: file))
    }

    var environment: [String: String] { ["LD_PRELOAD": library, "YIZHAN_CLOCK_OFFSET": file] }

    /// Written into the mapped file in place.
    func set(seconds: Int) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        let offset = Int64(seconds) * 1_000_000_000
        try handle.write(contentsOf: withUnsafeBytes(of: offset) { Data($0) })
        try handle.close()
    }
}
