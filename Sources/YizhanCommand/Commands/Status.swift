import ArgumentParser
import Exchange
import Foundation
import Gateway
import JSONTape

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a closed status question, as a bureau does: yes, no, unknown or refused.",
        discussion: """
            The person's number is read from standard input, so that it stands in no process list; a second line is the name.
            Example: yizhan status --config gateway.yaml --bureau police-1 --officer p-0107 --question currentRegistration \\
                --province 44 --purpose caseInquiry --case 粤公经字2026-18 --legal-basis 居民身份证法第15条 < number.txt
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "The bureau's id; its certificate is tls/bureau-ID.pem beside the configuration.") var bureau: String
    @Option(help: "Certificate and key, without .pem and .key, when they lie elsewhere.") var identity: String?
    @Option(help: "Who asks, by a pseudonym.") var officer: String
    @Option(help: "currentRegistration, validPermit, registeredInDivision, employerReported or identityMatches.")
    var question = "currentRegistration"
    @Option(help: "The province in question, two digits.") var province: String?
    @Option(help: "For registeredInDivision: six digits of GB/T 2260.") var division: String?
    @Option(help: "For employerReported: the employer's unified social credit code.") var employer: String?
    @Option(help: "For validPermit: the day, YYYY-MM-DD.") var onDate: String?
    @Option(help: "For identityMatches: the birth date, YYYY-MM-DD; the name is the second line of standard input.")
    var birthDate: String?
    @Option(help: "For police: until when the person is not told, YYYY-MM-DD; with --deferral-ground.")
    var deferredUntil: String?
    @Option(help: "Law and article on which telling the person is put off.") var deferralGround: String?
    @Option(help: "Why it is asked: a purpose of the interchange.") var purpose: String
    @Option(help: "Law and article.") var legalBasis: String
    @Option(name: .customLong("case"), help: "The case's reference; required for caseInquiry.") var caseReference:
        String?
    @Option(help: "The kind of number.") var idType = "residentId"
    @Flag(help: "Print the answer's JSON.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        guard let number = readLine(strippingNewline: true), !number.isEmpty else {
            throw ValidationError("Give the person's number on standard input.")
        }
        let name = question == "identityMatches" ? readLine(strippingNewline: true) : nil
        let client = try LocalClient(
            listener: configuration.status, identity: identity ?? "\(configuration.folder)/tls/bureau-\(bureau)")
        let answer = try await client.post("/v1/status-queries", body(number, name), contentType: "application/json")
        guard answer.status == 200 else { throw answer.failure }
        if json { return Terminal.say(String(decoding: answer.content, as: UTF8.self)) }
        let reply = try JSONDecoder().decode(StatusReply.self, from: Data(answer.content))
        Terminal.say("\(Terminal.bold(reply.answer))\(reply.reason.map { " (\($0))" } ?? "")")
        Terminal.say(Terminal.dim("  \(reply.id), as of \(reply.asOf), valid until \(reply.validUntil)"))
    }

    private func body(_ number: String, _ name: String?) -> [UInt8] {
        var out = Array("{\"question\":".utf8)
        out.append(jsonString: question)
        out.append(contentsOf: ",\"subject\":{\"idType\":".utf8)
        out.append(jsonString: idType)
        out.append(contentsOf: ",\"idNumber\":".utf8)
        out.append(jsonString: number)
        append([("name", name), ("birthDate", birthDate)], to: &out)
        out.append(0x7D)
        let members = [
            ("province", province), ("division", division), ("employer", employer), ("onDate", onDate),
            ("purpose", purpose), ("legalBasis", legalBasis), ("case", caseReference), ("officer", officer),
            ("deferredUntil", deferredUntil), ("deferralGround", deferralGround),
        ]
        append(members, to: &out)
        out.append(0x7D)
        return out
    }

    private func append(_ members: [(String, String?)], to out: inout [UInt8]) {
        for case (let name, let value?) in members {
            out.append(contentsOf: ",\"\(name)\":".utf8)
            out.append(jsonString: value)
        }
    }
}

/// The answer to a question.
struct StatusReply: Decodable {
    var id, answer, asOf, validUntil: String
    var reason: String?
}
