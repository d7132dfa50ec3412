import AuditLog
import Exchange
import Foundation
import Hummingbird
import Intake
import Interchange
import JSONTape
import Logging
import Mapping
import Store

/// `POST /v1/records?mapping=NAME`: a local system hands over an export, as it exports it. The answer is the account of the
/// rows, given when all of them are durable.
struct RecordsRoute: Sendable {
    let province: Province
    let mappings: MappingLibrary
    let intake: IntakeRunner
    let limit: Int
    let pressure: IntakePressure
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/records") { request, scope in try await answer(request, scope) }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        guard case .source(let home, _)? = scope.identity, home == province, let actor = scope.identity?.urn else {
            return .problem(
                .forbidden, code: "SOURCE_UNKNOWN", detail: "The certificate names no source of this province.")
        }
        guard let name = request.uri.queryParameters.get("mapping"), let mapping = mappings[name] else {
            let known = mappings.names.joined(separator: ", ")
            return .problem(
                .unprocessableContent, code: "MAPPING_UNKNOWN", detail: "Name one of these with ?mapping=: \(known).")
        }
        do {
            try await pressure.ease()
            let source = try await spool(request)
            let account = try await intake.run(
                mapping, source, actor: AuditActor(organisation: actor), report: { _ in })
            return .json(account.json(mapping: name))
        } catch let error as IntakeError {
            logger.notice("submission refused", metadata: ["code": "\(error.code.rawValue)", "mapping": "\(name)"])
            return .problem(.unprocessableContent, code: error.code.rawValue, detail: error.description)
        } catch let error as StoreError {
            logger.error("submission not stored", metadata: ["error": "\(error)"])
            let code = error.code == .full ? "STORAGE_FULL" : "BUSY"
            var response = Response.problem(
                .serviceUnavailable, code: code,
                detail: "The store cannot take the rest now. What was stored is kept; submit the same file again.")
            response.headers[.retryAfter] = "60"
            return response
        } catch is BacklogFull {
            var response = Response.problem(
                .serviceUnavailable, code: "BUSY",
                detail: "Too much waits for delivery. What was stored is kept; submit the same file again later.")
            response.headers[.retryAfter] = "\(BacklogFull.retryAfterSeconds)"
            return response
        } catch is SubmissionTooLarge {
            return .problem(
                .contentTooLarge, code: "BODY_TOO_LARGE", detail: "A submission has at most \(limit) bytes.")
        }
    }

    private struct SubmissionTooLarge: Error {}

    /// To a file without a name, so that nothing is left of it when the request ends, however it ends.
    private func spool(_ request: Request) async throws -> FileSource {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("yizhan-\(UUID().uuidString)").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.full, "no temporary file can be made", remedy: "make room in the temporary folder")
        }
        unlink(path)
        let source = FileSource(descriptor: descriptor)
        var total = 0
        for try await part in request.body {
            total += part.readableBytes
            guard total <= limit else { throw SubmissionTooLarge() }
            try part.withUnsafeReadableBytes { try Self.write($0, to: descriptor) }
        }
        lseek(descriptor, 0, SEEK_SET)
        return source
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
            guard written > 0 else {
                throw StoreError(.full, "the temporary folder is full", remedy: "make room in it")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
