import Gateway

/// Waits for what another process does.
enum Poll {
    /// - Throws: ``GatewayError`` `unreachable` when it does not come true in time.
    static func until(
        _ what: String, seconds: Int, every pause: Duration, _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: pause)
        }
        throw GatewayError(.unreachable, "waited \(seconds) s in vain until \(what)", remedy: "report this as a defect")
    }
}
