import CSpawn
import Foundation
import Synchronization

/// A process that this one started, in a process group of its own: what interrupts this one from a terminal is not sent to it.
///
/// Not Foundation's `Process`: that looks for open files in a way that, seldom, reads beyond the end of what it was given, and ends this process
/// (swift-corelibs-foundation of Swift 6.3).
public final class Child: Sendable {
    public let processIdentifier: Int32
    private let ending = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - arguments: the program's own name first.
    ///   - environment: `name=value`.
    ///   - input: a file; nil for an empty one.
    ///   - output, errors: files, which are appended to and made when they are missing; nil to throw away what is written.
    init(
        path: String, arguments: [String], environment: [String], input: String?, output: String?, errors: String?
    ) throws {
        let files = try [
            Self.open(input ?? "/dev/null", O_RDONLY), Self.open(output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND),
            Self.open(errors ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND),
        ]
        // The child has copies by then.
        defer { for file in files { close(file) } }
        processIdentifier = try Self.spawn(path, arguments, environment, files)
        Leftovers.add(process: processIdentifier)
    }

    private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
        let file = Foundation.open(path, flags | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return file
    }

    /// - Parameter files: for descriptors 0, 1 and 2; all others are closed in the child.
    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String], _ files: [Int32]
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (place, file) in files.enumerated() { posix_spawn_file_actions_adddup2(&actions, file, Int32(place)) }
        posix_spawn_file_actions_addclosefrom_np(&actions, Int32(files.count))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var process: Int32 = 0
        let code = withWords(arguments) { arguments in
            withWords(environment) { posix_spawn(&process, path, &actions, &attributes, arguments, $0) }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return process
    }

    private static func withWords<Result>(
        _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = words.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    /// The exit status, or 128 and the number of the signal that ended it; nil while it runs.
    public var status: Int32? {
        ending.withLock { ending in
            if let ending { return ending }
            var word: Int32 = 0
            switch waitpid(processIdentifier, &word, WNOHANG) {
            case 0: return nil
            case processIdentifier: ending = word & 0x7F == 0 ? word >> 8 & 0xFF : 128 + word & 0x7F
            // Somebody else has waited for it: how it ended is not known.
            default: ending = 255
            }
            return ending
        }
    }

    public var isRunning: Bool { status == nil }

    /// - Returns: false when it has not ended in time.
    @discardableResult
    public func waitForEnd(seconds: Int) -> Bool {
        for _ in 0..<seconds * 500 where isRunning { usleep(2_000) }
        guard !isRunning else { return false }
        Leftovers.forget(process: processIdentifier)
        return true
    }

    /// SIGTERM, and SIGKILL when it has not ended in time.
    public func stop(seconds: Int = 60) {
        send(SIGTERM)
        if !waitForEnd(seconds: seconds) { end() }
    }

    /// SIGKILL: no warning, nothing is flushed.
    public func end() {
        send(SIGKILL)
        waitForEnd(seconds: 20)
    }

    /// SIGHUP: it reads its configuration again.
    public func hangUp() { send(SIGHUP) }

    /// Of a process that has ended the number may be another's.
    private func send(_ signal: Int32) {
        ending.withLock { if $0 == nil { kill(processIdentifier, signal) } }
    }
}
