import AuditLog
import Foundation
import HTTPTypes
import Hummingbird
import Interchange
import Logging
import NIOCore
import Store

/// `GET /v1/access-log` of the local listener, for the citizen portal (`urn:yizhan:portal:<this province>`): who asked about a
/// person. The person is named by the header `Yizhan-Subject: <idType> <idNumber>`, since a number never stands in a URL.
struct AccessLogRoute: Sendable {
    static let subjectHeader = "yizhan-subject"

    let province: Province
    let store: any Store
    let clock: WallClock
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.get("/v1/access-log") { request, scope in try await answer(request, scope) }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        guard case .portal(province)? = scope.identity else {
            return .problem(
                .forbidden, code: "PORTAL_UNKNOWN", detail: "The certificate is not that of this province's portal.")
        }
        guard request.uri.query == nil else {
            return .problem(.badRequest, code: "REQUEST_INVALID", detail: "The access log takes no query.")
        }
        guard let name = HTTPField.Name(Self.subjectHeader), request.headers[values: name].count == 1,
            let subject = request.headers[name].flatMap({ AskedSubject($0) })
        else {
            return .problem(
                .badRequest, code: "SUBJECT_MISSING",
                detail: "The header Yizhan-Subject says once for whom: an idType, a space, an idNumber.")
        }
        do {
            let now = clock()
            let log = try await store.accessLog(
                of: subject.lookUpNumber, limit: AccessAnswer.mostInquiries,
                by: AuditActor(organisation: "urn:yizhan:portal:\(province)"), at: now)
            let body = try AccessAnswer(log, at: now, deferred: nil).encoded()
            var response = Response.json(body)
            response.headers[.cacheControl] = "no-store"
            return response
        } catch let error as StoreError {
            logger.error("access log not told", metadata: ["error": "\(error)"])
            return .problem(.serviceUnavailable, code: "BUSY", detail: "The store cannot answer now; ask again later.")
        }
    }
}

/// A person by the kind and the number of a document.
public struct AskedSubject: Sendable {
    /// The bytes that look-ups hash.
    public let lookUpNumber: [UInt8]

    /// Reads `<idType> <idNumber>`; nil for a number that the kind cannot have.
    public init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let type = IDType(rawValue: String(parts[0])) else { return nil }
        self.init(type: type, number: String(parts[1]))
    }

    public init?(type: IDType, number text: String) {
        guard type != .none else { return nil }
        let number = PersonNumber(text)
        let form = number.form(as: type)
        guard [.eighteen, .fifteen, .other].contains(form) else { return nil }
        lookUpNumber = number.subject(form)
    }
}

/// What a person is told: who asked what kind of thing, when, for what purpose; newest first.
public struct AccessAnswer: Codable, Sendable {
    /// The most inquiries of one answer.
    public static let mostInquiries = 1_000

    /// Of a question that was asked in another province: when and by whom its notice says, else by the province that told.
    public struct Inquiry: Codable, Sendable {
        public var at: String
        public var organisation: String
        public var question: String?
        public var purpose: String?
        public var legalBasis: String?
        /// `quarantinedRow` where an operator looked at a row of a source; nil of a question.
        public var look: String?
    }

    public var asOf: String
    public var inquiries: [Inquiry]
    /// How many are deferred: for auditors only.
    public var deferred: Int?
    /// Deferred inquiries about anybody: for auditors only.
    public var deferredOfAll: Int?
    /// The entry of the audit log that says this was told.
    public var entry: UInt64

    init(_ log: AccessLog, at now: Instant, deferred: (own: Int, all: Int)?) {
        asOf = now.description
        inquiries = log.inquiries.map { entry in
            Inquiry(
                at: entry.details[.askedAt] ?? Instant(milliseconds: entry.time).description,
                organisation: entry.details[.askedBy] ?? entry.actor.toldOrganisation,
                question: entry.details[.question], purpose: entry.purpose, legalBasis: entry.details[.legalBasis],
                look: entry.event == .quarantineViewed ? "quarantinedRow" : nil)
        }
        (self.deferred, deferredOfAll) = (deferred?.own, deferred?.all)
        entry = log.entry
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

extension AuditActor {
    /// As persons are told of it: an operator's office, not which operator.
    fileprivate var toldOrganisation: String {
        guard organisation.hasPrefix("urn:yizhan:operator:"), let end = organisation.lastIndex(of: ":") else {
            return organisation
        }
        return String(organisation[..<end])
    }
}
