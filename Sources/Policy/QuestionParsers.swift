import JSONTape
import Synchronization

/// Parsers of questions that are used again: to make one costs as much as a question.
final class QuestionParsers: Sendable {
    static let shared = QuestionParsers()

    /// More questions at once wait for one another.
    private static let count = 4

    private final class Slot: Sendable {
        let parser = Mutex(JSONParser(maximumDepth: 4, maximumNodes: 256))
    }

    private let slots = (0..<count).map { _ in Slot() }

    /// - Returns: what `read` makes of the body; nil when that is no JSON.
    func parse<Value: Sendable>(_ body: [UInt8], _ read: @Sendable (JSONView) -> Value) -> Value? {
        for slot in slots {
            if let value = slot.parser.withLockIfAvailable({ try? $0.parse(body, read) }) { return value }
        }
        return slots[0].parser.withLock { try? $0.parse(body, read) }
    }
}
