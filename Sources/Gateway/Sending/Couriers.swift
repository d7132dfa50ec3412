import Delivery
import Interchange
import Synchronization

/// The courier to each peer, whatever comes into force: a reload makes senders anew, and what those before them have under way
/// still counts.
final class Couriers: Sendable {
    private let held = Mutex<[Province: HeldCourier]>([:])

    /// The peer's courier, under what is in force from now on.
    func renewed(for peer: Province, retry: RetryLimits, batchesInFlight: Int) -> HeldCourier {
        held.withLock { couriers in
            if let courier = couriers[peer] {
                courier.with { $0.renew(retry: retry, batchesInFlight: batchesInFlight) }
                return courier
            }
            let courier = HeldCourier(Courier(retry: retry, batchesInFlight: batchesInFlight))
            couriers[peer] = courier
            return courier
        }
    }
}

/// A courier that several senders, one after the other, share.
final class HeldCourier: Sendable {
    private let courier: Mutex<Courier>

    init(_ courier: Courier) { self.courier = Mutex(courier) }

    func with<Value: Sendable>(_ body: (inout Courier) -> Value) -> Value { courier.withLock { body(&$0) } }
}
