import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Store

struct AuditProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Proves that an entry stands in the log, or that one size of the log is the beginning of another.",
        discussion: """
            Prints JSON: the nodes of RFC 9162 in base64, and for an entry the signed checkpoint that they lead to. It is made
            from hash tiles; no entry is read.
            Example: yizhan audit proof 123 --config gateway.yaml
            Example: yizhan audit proof --consistency 1000 2000 --config gateway.yaml
            """)

    @OptionGroup var operating: OperatorOptions
    @Argument(help: "The entry's sequence number; with --consistency the smaller and the larger size.") var numbers:
        [UInt64]
    @Flag(help: "Prove that the tree of the first size is the beginning of that of the second.") var consistency = false

    func validate() throws {
        guard numbers.count == (consistency ? 2 : 1) else {
            throw ValidationError("Give one entry, or --consistency and two sizes.")
        }
        if consistency, numbers[0] > numbers[1] { throw ValidationError("Give the smaller size first.") }
    }

    func run() async throws {
        let configuration = try operating.configuration.load()
        let reader = try SQLiteReader(path: configuration.storePath)
        let size = try await reader.auditSize()
        guard let last = numbers.last, consistency ? last <= size : last < size else {
            throw ValidationError("The log has \(size) entries.")
        }
        if consistency {
            let (from, to) = (numbers[0], numbers[1])
            return try Terminal.say(
                json: ConsistencyStatement(
                    origin: configuration.origin, from: from, try await reader.root(ofSize: from), to: to,
                    try await reader.root(ofSize: to), path: try await reader.consistency(from: from, to: to)))
        }
        let checkpoint = try await checkpoint(covering: last, reader)
        let (leaf, path) = try await reader.inclusion(of: last, size: checkpoint.size)
        try Terminal.say(
            json: InclusionStatement(
                origin: configuration.origin, index: last, size: checkpoint.size, leaf: leaf, root: checkpoint.root,
                path: path, checkpoint: checkpoint.note))
    }

    /// The newest that was signed; a new one when it does not reach the entry.
    private func checkpoint(covering entry: UInt64, _ reader: SQLiteReader) async throws -> SignedCheckpoint {
        var newest = try await reader.newestCheckpoint()
        if (newest?.size ?? 0) <= entry {
            _ = try await operating.perform(SignCheckpoint())
            newest = try await reader.newestCheckpoint()
        }
        guard let newest, newest.size > entry else {
            throw GatewayError(.mistakes, "no checkpoint covers entry \(entry)", remedy: "run `yizhan audit verify`")
        }
        return try await reader.cosigned(newest)
    }
}
