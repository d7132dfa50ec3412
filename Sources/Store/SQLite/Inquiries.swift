import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func answer(_ inquiry: Inquiry) async throws -> InquiryResult {
        let keys = keys
        return try await writes.run { transaction in
            var subjects = Subjects(keys: keys)
            let lookup = keys.lookupHash(inquiry.subject)
            let answer = try Self.registered(lookup, inquiry.question, transaction.database)
            var act = inquiry.entry
            act.outcome = answer.rawValue
            let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, at: inquiry.at)
            return InquiryResult(answer: answer, entry: try transaction.tail.append(act, subject: pseudonym))
        }
    }

    /// `no` is only said from a held record: a registration in that province that has ended.
    private static func registered(
        _ lookup: [UInt8], _ question: Inquiry.Question, _ database: Database
    ) throws -> InquiryAnswer {
        let province: Int =
            switch question {
            case .currentRegistration(let province): Int(province.number)
            case .notHeld: 0
            }
        let find = try RawStatement(
            database, "SELECT until IS NULL FROM registration WHERE subject = ?1 AND province = ?2")
        find.bind(1, lookup)
        find.bind(2, province)
        var answer = InquiryAnswer.unknown
        try find.forEachRow { columns in
            if columns.integer(0) == 1 { answer = .yes } else if answer == .unknown { answer = .no }
        }
        return answer
    }
}
