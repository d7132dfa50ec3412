import AuditLog
import Interchange
import Store

/// What became of the wrapping keys.
public struct WrappingReport: Codable, Sendable, Hashable {
    /// The key in force.
    public var current: Int64
    /// Former keys, newest first.
    public var former: [Int64]
    /// Destroyed just now.
    public var destroyed: [Int64]

    public init(current: Int64, former: [Int64], destroyed: [Int64]) {
        self.current = current
        self.former = former
        self.destroyed = destroyed
    }
}

/// Replacing the wrapping key. At each step a crash leaves the store readable: the file has the new key before any row is
/// wrapped by it, and loses the old one after none is.
extension Keeping {
    /// Replaces the key in force when it is old enough, wraps anew what other keys wrap, and destroys keys that no backup which
    /// is still kept needs.
    public func tendWrappingKeys(at now: Instant) async throws -> WrappingReport {
        let age = now.seconds - keys.wrappingKeys.current.madeAt.seconds
        if age >= Int64(limits.wrappingDays) * 86_400 { return try await replaceWrappingKey(by: Self.actor, at: now) }
        return try await finishReplacing(by: Self.actor, at: now)
    }

    /// The same whatever the age of the key in force.
    public func replaceWrappingKey(by actor: AuditActor, at now: Instant) async throws -> WrappingReport {
        let next = keys.wrappingKeys.replaced(at: now)
        guard next.keys.count <= WrappingKeys.mostFormer + 1 else {
            throw GatewayError(
                .mistakes, "there are \(WrappingKeys.mostFormer) former wrapping keys already",
                remedy: "wait until `backup.keepDays` have passed, or make that less")
        }
        try file.write(next)
        keys.wrappingKeys = next
        try await enter("replaced", next.current.id, by: actor, at: now)
        return try await finishReplacing(by: actor, at: now)
    }

    private func finishReplacing(by actor: AuditActor, at now: Instant) async throws -> WrappingReport {
        var place: Int64? = 0
        while let next = place { place = try await store.rewrapDataKeys(after: next) }
        var destroyed: [Int64] = []
        for key in keys.wrappingKeys.keys.reversed() where isPast(key, at: now) {
            guard try await store.dataKeys(wrappedBy: key.id) == 0 else { continue }
            let rest = keys.wrappingKeys.without(key.id)
            try file.write(rest)
            keys.wrappingKeys = rest
            try await enter("destroyed", key.id, by: actor, at: now)
            destroyed.append(key.id)
        }
        let held = keys.wrappingKeys
        return WrappingReport(
            current: held.current.id, former: held.keys.dropFirst().map(\.id), destroyed: destroyed)
    }

    private func isPast(_ key: WrappingKey, at now: Instant) -> Bool {
        key.replacedAt.map { now.seconds - $0.seconds >= Int64(limits.backupDays) * 86_400 } ?? false
    }

    private func enter(_ change: String, _ id: Int64, by actor: AuditActor, at now: Instant) async throws {
        try await store.record([
            Act(.keyChanged, actor: actor, at: now, details: [.change: change, .item: "wrapping", .keyId: "\(id)"])
        ])
    }
}

/// An operator has the wrapping key replaced now: `yizhan keys rotate --wrapping`.
public struct ReplaceWrappingKey: OperatorAction {
    public static let name = "keys-rotate-wrapping"

    public init() {}

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> WrappingReport {
        try await desk.requireKeeping().replaceWrappingKey(by: actor, at: desk.clock())
    }
}
