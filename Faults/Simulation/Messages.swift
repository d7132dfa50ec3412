import AuditLog
import Delivery
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

/// What a sender hears of an attempt.
enum SimulatedAnswer {
    case receipt(content: [UInt8], outcomes: [Outcome])
    /// Anything else, as the courier hears it.
    case other(Courier.Answer)
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
    /// What is configured is read anew.
    case reload(Int)
    case heal
    case complete
}
