import AuditLog
import Interchange
import Store

/// A batch on its way.
struct SimulatedRequest {
    var from: Int
    var to: Int
    /// The attempt that waits for the answer.
    var attempt: Int
    var batch: LeasedBatch
    var nonce: String
    /// What the sender's clock said.
    var created: Instant
}

/// What a sender hears of an attempt, as far as it decides what follows.
enum SimulatedAnswer {
    /// A verified receipt.
    case receipt(content: [UInt8], outcomes: [Outcome])
    /// Signed: sign anew and send again.
    case signAnew
    /// Signed: wait.
    case busy(retryAfterSeconds: Int)
    /// Signed 413: not so many at once.
    case tooLong
    /// Nothing, or nothing that verifies.
    case unreachable
    case unverified
}

enum SimulatedEvent {
    case intake(Int)
    case turn(Int, peer: Int, life: Int)
    case arrives(SimulatedRequest)
    case answered(Int, peer: Int, attempt: Int, SimulatedAnswer)
    case crash(Int)
    case restart(Int)
    case cut(Int, Int)
    case join(Int, Int)
    case setClock(Int, offset: Int64)
    case heal
    case complete
}
