import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func answer(_ inquiry: Inquiry) async throws -> InquiryResult {
        let keys = keys
        return try await writes.run { transaction in
            var subjects = Subjects(keys: keys)
            let lookup = keys.lookupHash(inquiry.subject)
            let answer = try Self.registered(lookup, inquiry.question, in: transaction)
            var act = inquiry.entry
            act.outcome = answer.rawValue
            let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, at: inquiry.at)
            return InquiryResult(answer: answer, entry: try transaction.tail.append(act, subject: pseudonym))
        }
    }

    /// `no` is only said from a held record: a registration in that province that has ended.
    private static func registered(
        _ lookup: [UInt8], _ question: Inquiry.Question, in transaction: borrowing Transaction
    ) throws -> InquiryAnswer {
        let province: UInt8 =
            switch question {
            case .currentRegistration(let province): province.number
            case .notHeld: 0
            }
        var answer = InquiryAnswer.unknown
        try transaction.indexes.registrations.forEach(
            group: lookup, in: SQLiteRunStorage(database: transaction.database)
        ) { _, value in
            let entry = RegistrationEntry(decoding: value)
            guard entry.province == province else { return }
            if entry.until == nil { answer = .yes } else if answer == .unknown { answer = .no }
        }
        return answer
    }
}
