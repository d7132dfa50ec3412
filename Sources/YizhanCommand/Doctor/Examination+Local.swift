import Exchange
import Foundation
import Gateway
import Interchange
import Store

extension Examination {
    /// Bytes on the store's file system below which there is something to do: 1 GiB, and 256 MiB.
    private static let scarceBytes: Int64 = 1 << 30
    private static let fullBytes: Int64 = 256 << 20

    /// Modes: what only the gateway may read, and what only it may write.
    func files() -> [Finding] {
        let secrets =
            configuration.listeners.map(\.key)
            + [configuration.keys.audit, configuration.keys.record, configuration.keys.lookup, configuration.keys.log]
            + [configuration.keys.wrapping, configuration.storePath] + loaded.keys.signingKeys.files.map(\.path)
        let open = Set(secrets).sorted().filter { mode($0).map { $0 & 0o077 != 0 } ?? false }
        let writable = [configuration.file, configuration.policy, configuration.folder]
            .filter { mode($0).map { $0 & 0o022 != 0 } ?? false }
        let found =
            open.map { Finding.failure("files", "\($0) is open to others", do: "chmod 0600 \($0)") }
            + writable.map { Finding.failure("files", "\($0) can be written by others", do: "chmod go-w \($0)") }
        return found.isEmpty ? [.ok("files", "keys and store are closed to others")] : found
    }

    private func mode(_ path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    func expiries() -> [Finding] {
        let all = Expiry.all(inForce)
        let found = all.compactMap { expiry -> Finding? in
            let days = expiry.daysLeft(at: now)
            let remedy = "renew it: a new file is taken into use without a restart"
            if expiry.ends <= now { return .failure("certificates", "\(expiry.name) expired", do: remedy) }
            guard days <= ExpiryWatch.thresholds[0] else { return nil }
            return .warning("certificates", "\(expiry.name) ends in \(days) days, at \(expiry.ends)", do: remedy)
        }
        let first = all.min { $0.ends < $1.ends }
        let left = first.map { "the first to end, in \($0.daysLeft(at: now)) days: \($0.name)" } ?? "there are none"
        return found + (found.isEmpty ? [.ok("certificates", left)] : [])
    }

    func approvals() -> [Finding] {
        guard let view else { return [] }
        let waiting = view.pending.map { change in
            let by = change.proposer.map { "approved by \($0), waits for another person" } ?? "waits for two persons"
            return Finding.warning(
                "approvals", "\(change.entry.subject) \(by); what was approved before is in force",
                do: "yizhan change show \(change.digest.base64), then approve it, or undo it in the files")
        }
        return waiting.isEmpty ? [.ok("approvals", "what is configured is in force")] : waiting
    }

    func store() async -> [Finding] {
        guard let reader else {
            let path = configuration.storePath
            guard FileManager.default.fileExists(atPath: path) else {
                return [.warning("store", "there is no store at \(path) yet", do: "start the gateway: yizhan serve")]
            }
            let problem = storeProblem?.message ?? "the store cannot be read"
            return [.failure("store", problem, do: storeProblem?.remedy ?? "check its owner and mode")]
        }
        let damage = (try? await reader.quickCheck()) ?? ["it cannot be read"]
        guard damage.isEmpty else {
            return [
                .failure(
                    "store", "the file is damaged: \(damage[0])",
                    do: "stop the gateway, keep the file, restore from backup")
            ]
        }
        let size = (try? await reader.auditSize()) ?? 0
        return [.ok("store", "sound; the audit log has \(Terminal.grouped(Int(size))) entries")]
    }

    /// What `yizhan queue alerts` lists.
    func alerts() async -> [Finding] {
        guard let reader else { return [] }
        do {
            let standing = try await StandingAlert.all(configuration, reader, at: now).map { alert in
                Finding.warning(
                    "alerts", "\(alert.kind.rawValue) since \(alert.since): \(alert.detail)",
                    do: alert.kind == .logDiverged
                        ? "ask the log's owner; yizhan audit list --event log.diverged"
                        : "speak to who asked; yizhan audit list --event question.limitExceeded")
            }
            let ofLanes = try await reader.alerts(withEnded: false, limit: 100).map { alert in
                Finding.warning(
                    "alerts", "\(alert.kind.rawValue) of \(alert.peer) since \(alert.since)",
                    do: "yizhan queue stats; yizhan queue list --peer \(alert.peer)")
            }
            let found = standing + ofLanes
            return found.isEmpty ? [.ok("alerts", "none stands")] : found
        } catch {
            return [.failure("alerts", "they cannot be read: \(error)", do: "yizhan migrate")]
        }
    }

    func disk() -> [Finding] {
        let folder = URL(fileURLWithPath: configuration.storePath).deletingLastPathComponent().path
        let values = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (values?[.systemFreeSize] as? NSNumber)?.int64Value else {
            return [.failure("disk", "the file system of \(folder) cannot be read", do: "check `store.path`")]
        }
        let words = "\(Terminal.grouped(Int(free >> 20))) MiB are free for the store"
        if free < Self.fullBytes { return [.failure("disk", words, do: "make room: intake and peers get 503")] }
        if free < Self.scarceBytes { return [.warning("disk", words, do: "make room before it is full")] }
        return [.ok("disk", words)]
    }
}
