import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func answer(_ inquiry: Inquiry, of asked: PeerQuestion) async throws -> PeerAnswer {
        let writer = InquiryWriter(inquiry, keys: keys)
        let notice = try asked.notice.map { try Sealed($0.content, as: "notice \(asked.id)", keys: keys) }
        return try await writes.run(.question) { transaction in
            let database = transaction.database
            guard try Nonces.spend(asked.nonce, of: asked.peer, at: inquiry.at, in: database) else {
                return .nonceReplayed
            }
            try PeerQuestionTable.forget(before: inquiry.at, in: database)
            if let known = try PeerQuestionTable.known(asked, in: database) { return known }
            let result = try writer.write(in: transaction)
            let answered = PeerAnswer.Answered(
                answer: result.answer, refusal: result.refusal, asOf: inquiry.at, validUntil: asked.validUntil,
                exceeded: result.exceeded)
            try PeerQuestionTable.keep(answered, of: asked, in: database)
            if let notice, let due = asked.notice?.due, result.answer != .refused {
                try NoticeTable.keep(notice, asked.id, at: inquiry.at, due: due, in: database)
            }
            return .answered(answered)
        }
    }
}

/// Answers to other provinces' questions, until they are no longer valid.
private enum PeerQuestionTable {
    static func forget(before now: Instant, in database: Database) throws {
        let forget = try RawStatement(database, "DELETE FROM peer_question WHERE valid_until <= ?1")
        forget.bind(1, now.milliseconds)
        try forget.run()
    }

    static func known(_ asked: PeerQuestion, in database: Database) throws -> PeerAnswer? {
        let find = try RawStatement(
            database,
            """
            SELECT digest, answer, reason, rule, as_of, valid_until FROM peer_question WHERE peer = ?1 AND id = ?2
            """)
        find.bind(1, Int(asked.peer.number))
        find.bind(2, asked.id.bytes)
        return try find.first { columns in
            guard columns.bytes(0) == asked.digest.bytes else { return .reused }
            let refusal = columns.optionalText(2).map { Inquiry.Refusal(reason: $0, rule: columns.optionalText(3)) }
            return .answered(
                PeerAnswer.Answered(
                    answer: InquiryAnswer(rawValue: columns.text(1)) ?? .unknown, refusal: refusal,
                    asOf: Instant(milliseconds: columns.integer(4)),
                    validUntil: Instant(milliseconds: columns.integer(5)), exceeded: nil))
        }
    }

    static func keep(_ answered: PeerAnswer.Answered, of asked: PeerQuestion, in database: Database) throws {
        let insert = try RawStatement(
            database,
            """
            INSERT INTO peer_question(peer, id, digest, answer, reason, rule, as_of, valid_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """)
        insert.bind(1, Int(asked.peer.number))
        insert.bind(2, asked.id.bytes)
        insert.bind(3, asked.digest.bytes)
        insert.bind(4, answered.answer.rawValue)
        if let reason = answered.refusal?.reason { insert.bind(5, reason) } else { insert.bindNull(5) }
        if let rule = answered.refusal?.rule { insert.bind(6, rule) } else { insert.bindNull(6) }
        insert.bind(7, answered.asOf.milliseconds)
        insert.bind(8, answered.validUntil.milliseconds)
        try insert.run()
    }
}
