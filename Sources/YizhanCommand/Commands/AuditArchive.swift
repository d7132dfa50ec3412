import ArgumentParser
import AuditLog
import Crypto
import Foundation
import Gateway
import Interchange
import Store

struct AuditArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Writes old entries to an archive file and removes them from the store; hash tiles stay.",
        discussion: """
            Only whole bundles of 256 entries go, older than `audit.keepYears` and under a checkpoint that enough witnesses
            cosigned. The file has the entries as C2SP bundles; beside it lies a manifest with its digest and the checkpoint.
            Example: yizhan audit archive --dir /var/archive/yizhan --config gateway.yaml
            """)

    @OptionGroup var operating: OperatorOptions
    @Option(help: "The folder for the archive's files.") var dir: String
    @Flag(help: "Write the files, and remove nothing.") var keep = false

    func run() async throws {
        let configuration = try operating.configuration.load()
        let reader = try SQLiteReader(path: configuration.storePath)
        let desk = configuration.archiveTerms(at: .now())
        let first = try await reader.firstKeptEntry()
        let end = try await reader.archivableEnd(olderThan: desk.oldest, witnesses: desk.quorum)
        guard end > first else { return Terminal.say("Nothing is old enough and witnessed.") }
        let name = "\(dir)/audit-\(configuration.province)-\(first)-\(end)"
        let digest = try await write(first..<end, to: name + ".bundles", reader)
        guard let witnessed = try await reader.cosignedCheckpoint(ofAtLeast: end, cosignatures: desk.quorum) else {
            throw GatewayError(.mistakes, "no witnessed checkpoint covers the entries", remedy: "try again later")
        }
        let manifest = ArchiveManifest(
            origin: configuration.origin, first: first, end: end, digest: digest.base64,
            root: try await reader.root(ofSize: end).base64, checkpoint: witnessed.note)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Files.write(try encoder.encode(manifest), to: name + ".json")
        if !keep { _ = try await operating.perform(RemoveArchived(end: end, digest: digest.base64)) }
        if operating.json { return try Terminal.say(json: manifest) }
        Terminal.say(
            "Entries \(first) to \(end - 1) are in \(name).bundles\(keep ? "." : ", and no longer in the store.")")
    }

    /// - Returns: the digest of the file, which is on the disk.
    private func write(_ range: Range<UInt64>, to path: String, _ reader: SQLiteReader) async throws -> Digest256 {
        let sink = try RowSink(path: path)
        var hash = SHA256()
        var next = range.lowerBound
        while next < range.upperBound {
            let limit = Int(min(10_000, range.upperBound - next))
            let entries = try await reader.auditEntries(from: next, limit: limit)
            guard entries.first?.sequence == next else {
                throw GatewayError(.mistakes, "entry \(next) is missing", remedy: "run `yizhan audit verify`")
            }
            var bytes: [UInt8] = []
            for entry in entries { try EntryBundle.append(entry.bytes, to: &bytes) }
            hash.update(data: bytes)
            try sink.write(bytes)
            next += UInt64(entries.count)
        }
        try sink.close()
        try Self.sync(path)
        guard let digest = Digest256(Array(hash.finalize())) else {
            throw GatewayError(.mistakes, "a digest has the wrong length", remedy: "report this as a defect")
        }
        return digest
    }

    /// Entries leave the store only once the file is on the disk.
    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw GatewayError(.file, "\(path) could not be made durable", remedy: "check the disk")
        }
    }
}

/// What lies beside an archive file.
private struct ArchiveManifest: Codable {
    var format = "yizhan-audit-archive/1"
    var origin: String
    /// The first entry in the file, and the one after its last.
    var first, end: UInt64
    /// SHA-256 of the file, in base64.
    var digest: String
    /// Of the tree of `end` entries.
    var root: String
    var checkpoint: String
}
