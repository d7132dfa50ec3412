import ArgumentParser
import Foundation
import Gateway

struct AuditEvidence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Writes what shows to a third party that a batch was delivered, and what became of it.",
        discussion: """
            The file has the batch's digest, both signatures with their bases, the receipt's content, public keys, entries with
            proofs, and cosigned checkpoints; never the payload. Of a batch that was sent, the receiver is asked for its own
            proofs of the entries that its receipt names; when it does not answer, the file says so.
            `yizhan audit verify FILE` checks it, on any machine.
            Example: yizhan audit evidence 01980000-0000-7000-8000-000000000001 --config gateway.yaml --out evidence.json
            """)

    @OptionGroup var operating: OperatorOptions
    @Argument(help: "The batch's id.") var batch: String
    @Option(help: "Of a batch that came: the province that sent it, when several used the id.") var peer: String?
    @Option(help: "The file to write. Default: standard output.") var out: String?

    func run() async throws {
        let file = try await operating.perform(MakeEvidence(batch: batch, peer: peer))
        let bytes = try file.encoded()
        guard let out else { return Terminal.say(String(decoding: bytes.dropLast(), as: UTF8.self)) }
        let sink = try RowSink(path: out)
        try sink.write(bytes)
        try sink.close()
        let check = EvidenceCheck(file)
        Terminal.complain(
            "\(out): \(check.isSound ? "sound" : "NOT SOUND"), \(check.isWitnessed ? "witnessed" : "not yet witnessed")"
        )
        for remark in check.remarks { Terminal.complain(remark) }
        if !check.isSound { throw ExitCode(1) }
    }
}
