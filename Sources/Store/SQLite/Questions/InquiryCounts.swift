import GRDB
import Interchange

/// The counts that bound one question. Only keyed hashes are stored: of scopes, and of numbers and of what similar numbers have
/// in common.
struct InquiryCounts {
    private let limits: [(limit: InquiryLimit, name: QuestionCounts.Name)]
    private let keys: StoreKeys
    private let at: Instant

    /// How many characters at a number's end tell similar ones apart: of a citizen's number the sequence and the check character,
    /// which leaves county and birth date.
    static let tail = 4

    init(_ inquiry: Inquiry, keys: StoreKeys, in transaction: borrowing Transaction) {
        let counts = transaction.counts
        limits = inquiry.limits.map { ($0, counts.name(of: $0, .count, keys: keys)) }
        self.keys = keys
        at = inquiry.at
    }

    /// The first limit that is used up. All are looked at, whatever the first says.
    func exceeded(in transaction: borrowing Transaction) throws -> InquiryLimit? {
        var exceeded: InquiryLimit?
        for (limit, name) in limits {
            let count = try transaction.counts.count(of: name, in: transaction.database)
            let most = limit.counted == .similar ? 1 : Int64(limit.most)
            if exceeded == nil, count >= most { exceeded = limit }
        }
        return exceeded
    }

    /// Counts the question.
    /// - Returns: the limit on similar numbers that it goes beyond; later questions find it exceeded.
    func add(
        isMiss: Bool, number: [UInt8], lookup: ShortHash, in transaction: borrowing Transaction
    ) throws -> InquiryLimit? {
        transaction.counts.asked(at: at)
        var run: InquiryLimit?
        for (limit, name) in limits {
            switch limit.counted {
            case .questions: try add(1, to: name, in: transaction)
            case .misses: try add(isMiss ? 1 : 0, to: name, in: transaction)
            case .similar:
                let isRun = try countSimilar(number, lookup, limit, in: transaction)
                try add(isRun ? 1 : 0, to: name, in: transaction)
                if isRun { run = limit }
            }
        }
        return run
    }

    /// Counts a miss of a question that was counted before its answer was known.
    func addMiss(in transaction: borrowing Transaction) throws {
        for (limit, name) in limits where limit.counted == .misses { try add(1, to: name, in: transaction) }
    }

    private func add(_ more: Int64, to name: QuestionCounts.Name, in transaction: borrowing Transaction) throws {
        try transaction.counts.add(more, to: name, in: transaction.database)
    }

    /// Counts a number once among those like it.
    /// - Returns: whether there are more of them than the limit lets through.
    private func countSimilar(
        _ number: [UInt8], _ lookup: ShortHash, _ limit: InquiryLimit, in transaction: borrowing Transaction
    ) throws -> Bool {
        let (counts, database) = (transaction.counts, transaction.database)
        let seen = QuestionCounts.Name(limit, .number, lookup.bytes, keys: keys)
        let like = QuestionCounts.Name(limit, .like, Array(number.dropLast(Self.tail)), keys: keys)
        let isNew = try counts.add(1, to: seen, in: database) == 1
        return try counts.add(isNew ? 1 : 0, to: like, in: database) > Int64(limit.most) && isNew
    }

    /// Whether the limit is exceeded for the first time since it began.
    func isFirstAlert(of limit: InquiryLimit, in transaction: borrowing Transaction) throws -> Bool {
        let name = transaction.counts.name(of: limit, .alert, keys: keys)
        return try transaction.counts.add(1, to: name, in: transaction.database) == 1
    }
}
