import Children
import Foundation

/// A file system in memory over one folder, where this process may mount one.
final class SmallDisk {
    private let folder: String
    private(set) var isMounted = false

    init(folder: String) { self.folder = folder }

    deinit { unmount() }

    func mount(bytes: Int) -> Bool {
        isMounted = Self.system("mount", ["-t", "tmpfs", "-o", "size=\(bytes),mode=0700", "yizhan-faults", folder])
        return isMounted
    }

    func resize(bytes: Int) { _ = Self.system("mount", ["-o", "remount,size=\(bytes)", folder]) }

    /// What is on it is kept in the folder.
    func unmount() {
        guard isMounted else { return }
        isMounted = false
        let copy = folder + "-kept"
        _ = Self.system("cp", ["-a", folder, copy])
        guard Self.system("umount", ["-l", folder]) else { return }
        _ = Self.system("cp", ["-a", copy + "/.", folder])
        try? FileManager.default.removeItem(atPath: copy)
    }

    private static func system(_ command: String, _ arguments: [String]) -> Bool {
        guard let process = try? Program(path: "/usr/bin/env").start([command] + arguments, log: nil) else {
            return false
        }
        return process.waitForEnd(seconds: 20) && process.status == 0
    }
}
