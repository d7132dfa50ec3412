import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Interchange
import Store

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads, verifies and proves the audit log.",
        subcommands: [
            List.self, Show.self, AuditVerify.self, AuditProof.self, AuditEvidence.self, AuditSubject.self,
            AuditExport.self, AuditArchive.self, AuditReopen.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Entries in order, newest last. The look is itself entered in the log.",
            discussion: """
                Each page says up to which checkpoint it was verified.
                Example: yizhan audit list --config gateway.yaml --event question.answered --since 2026-06-01 --limit 20
                """)

        @OptionGroup var operating: OperatorOptions
        @OptionGroup var search: AuditSearchOptions
        @Option(
            help: "How many of the newest entries to look through. Default: 100, or all when something is searched for."
        )
        var last: UInt64?
        @Option(help: "The most entries to print.") var limit = 100

        func run() async throws {
            let reader = try SQLiteReader(path: try operating.configuration.load().storePath)
            let size = try await reader.auditSize()
            let last = last ?? (search.isEmpty ? 100 : size)
            let page = try await operating.perform(
                ReadAudit(
                    filter: try await search.filter(reader), subject: try search.readSubject(), before: search.before,
                    limit: limit, from: size > last ? size - last : 0))
            for entry in page.entries.reversed() { Terminal.say(operating.json ? entry.text : entry.line) }
            page.sayVerified(json: operating.json)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One entry, as it is stored. The look is itself entered in the log.",
            discussion: "Example: yizhan audit show 123 --config gateway.yaml")

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "The entry's sequence number.") var sequence: UInt64

        func run() async throws {
            let size = try await SQLiteReader(path: try operating.configuration.load().storePath).auditSize()
            guard sequence < size else {
                throw ValidationError("The log has \(size) entries; there is no entry \(sequence).")
            }
            let page = try await operating.perform(
                ReadAudit(filter: AuditFilter(), before: sequence + 1, limit: 1, from: sequence))
            guard let entry = page.entries.first else {
                throw ValidationError("Entry \(sequence) was archived and removed from the store.")
            }
            Terminal.say(entry.text)
            page.sayVerified(json: true)
        }
    }
}

/// Which entries are meant: every option that is given must hold.
struct AuditSearchOptions: ParsableArguments {
    @Option(help: "One event only, such as record.applied.") var event: String?
    @Option(help: "From this instant or day on (UTC).") var since: String?
    @Option(help: "Up to this instant, or the end of this day (UTC).") var until: String?
    @Option(help: "Who acted: urn:yizhan:bureau:44:police-1, urn:yizhan:province:51, gateway.") var actor: String?
    @Option(help: "The acting person's pseudonym.") var person: String?
    @Option(help: "A purpose of the interchange.") var purpose: String?
    @Option(help: "What it came to: yes, accepted, …") var outcome: String?
    @Option(help: "A batch's id.") var batch: String?
    @Option(help: "A record's id: entries about the newest version that is held.") var record: String?
    @Flag(help: "About one person, whose number is read from standard input.") var subject = false
    @Option(help: "The kind of the person's number.") var idType = "residentId"
    @Option(help: "Entries before this one: the next page.") var before: UInt64?

    var isEmpty: Bool {
        let stated: [String?] = [event, since, until, actor, person, purpose, outcome, batch, record]
        return stated.allSatisfy { $0 == nil } && !subject
    }

    func filter(_ reader: SQLiteReader) async throws -> AuditFilter {
        if let event, AuditEvent(rawValue: event) == nil {
            throw ValidationError(
                "No such event; known: \(AuditEvent.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var filter = AuditFilter()
        filter.since = try since.map { try Self.instant($0, endOfDay: false) }
        filter.until = try until.map { try Self.instant($0, endOfDay: true) }
        (filter.event, filter.actor, filter.person, filter.purpose) = (event, actor, person, purpose)
        (filter.outcome, filter.batch) = (outcome, batch)
        if let record { filter.object = try await Self.object(of: record, reader) }
        return filter
    }

    /// `<idType> <idNumber>`, from standard input: a number stands in no process list.
    func readSubject() throws -> String? {
        guard subject else { return nil }
        return try PersonInput.read(idType)
    }

    private static func object(of text: String, _ reader: SQLiteReader) async throws -> String {
        guard let record = RecordID(text) else { throw ValidationError("'\(text)' is no record's id.") }
        guard let digest = try await reader.newestDigest(of: record) else {
            throw ValidationError("No such record is held.")
        }
        return digest.base64
    }

    private static func instant(_ text: String, endOfDay: Bool) throws -> Int64 {
        if let instant = Instant(text) { return instant.milliseconds }
        guard let day = CivilDate(text) else {
            throw ValidationError("'\(text)' is no instant such as 2026-06-30T08:00:00Z, and no day.")
        }
        let start = Int64(day.daysSince1970) * 86_400_000
        return endOfDay ? start + 86_399_999 : start
    }
}

/// A person's number from standard input.
enum PersonInput {
    static func read(_ idType: String) throws -> String {
        guard let number = readLine(strippingNewline: true), !number.isEmpty else {
            throw ValidationError("Give the person's number on standard input.")
        }
        guard AskedSubject("\(idType) \(number)") != nil else {
            throw ValidationError("What came on standard input is no number of the kind \(idType).")
        }
        return "\(idType) \(number)"
    }
}

extension ReadAudit.Answer {
    func sayVerified(json: Bool) {
        let text = "verified up to the checkpoint of \(Terminal.grouped(Int(verifiedTo))) entries"
        let bad = entries.filter { !$0.isVerified && $0.sequence < verifiedTo }.map { "\($0.sequence)" }
        if !bad.isEmpty {
            Terminal.complain(
                "not as they were logged: entries \(bad.joined(separator: ", ")); run `yizhan audit verify`")
        }
        if json { Terminal.complain(text) } else { Terminal.say(Terminal.dim(text)) }
        if let before {
            let more = "older ones: --before \(before)"
            if json { Terminal.complain(more) } else { Terminal.say(Terminal.dim(more)) }
        }
    }
}

extension ReadAudit.Answer.Entry {
    /// The entry in one line for a person.
    var line: String {
        (try? AuditEntry(decoding: Array(text.utf8)))?.line ?? "\(sequence)  damaged: run `yizhan audit verify`"
    }
}

extension AuditEntry {
    /// The entry in one line for a person.
    var line: String {
        let facts = [purpose, caseReference, outcome] + details.pairs.map { "\($0.name.rawValue)=\($0.value)" }
        return "\(sequence)  \(Instant(milliseconds: time))  \(event.rawValue)  \(actor.organisation)"
            + (actor.person.map { "/\($0)" } ?? "") + "  " + facts.compactMap { $0 }.joined(separator: " ")
    }
}
