import Foundation

/// Time on the wall since it was made.
struct Stopwatch {
    private let start = ContinuousClock.now

    var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

/// What a process has used.
struct ProcessUsage {
    /// Processor time of all its threads, in seconds.
    let processor: Double
    /// The most memory that was resident at a time, in MiB.
    let peakMemory: Double

    /// Nil when there is no such process.
    init?(of process: pid_t) {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            // After the command's name, which may hold spaces: fields 3 on (proc(5)).
            let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 12,
            let user = Double(fields[11]), let system = Double(fields[12]),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        processor = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        peakMemory = kibibytes / 1_024
    }

    /// This process's own processor time, in seconds.
    static var ownProcessor: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
