import ArgumentParser
import Foundation
import Gateway
import Store

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings a store up to date with this version, after rehearsing it on a copy.",
        discussion: """
            `yizhan serve` does the same without a rehearsal when it starts. The gateway must not run meanwhile, and the disk
            needs room for a copy of the store.
            Example: yizhan migrate --config gateway.yaml
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        let path = configuration.storePath
        let before = try StoreMigration(path: path)
        guard !before.pending.isEmpty, !dryRun else { return try say(before, done: false) }
        let lock = try StoreLock(store: path)
        let keys = try KeyMaterial(configuration)
        if !before.applied.isEmpty { try await rehearse(path, keys) }
        await (try SQLiteStore(path: path, keys: keys.store)).close()
        withExtendedLifetime(lock) {}
        try say(before, done: true)
    }

    private func rehearse(_ path: String, _ keys: KeyMaterial) async throws {
        let copy = "\(path).rehearsal"
        func remove() {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + suffix) }
        }
        remove()
        defer { remove() }
        try StoreMigration.copy(path, to: copy)
        await (try SQLiteStore(path: copy, keys: keys.store)).close()
        let damage = try await SQLiteReader(path: copy).quickCheck()
        guard damage.isEmpty else {
            throw StoreError(
                .corrupt, "the rehearsal left a damaged copy: \(damage[0])",
                remedy: "nothing was done to the store: restore it from backup, or report this as a defect")
        }
    }

    private func say(_ before: StoreMigration, done: Bool) throws {
        if json {
            return try Terminal.say(
                json: Report(before: before.applied, migrations: before.pending, done: done || before.pending.isEmpty))
        }
        if before.pending.isEmpty { return Terminal.say("The store is up to date: \(before.applied.last ?? "-").") }
        for name in before.pending { Terminal.say("\(done ? "done" : "to do")  \(name)") }
    }

    private struct Report: Encodable {
        var before, migrations: [String]
        var done: Bool
    }
}
