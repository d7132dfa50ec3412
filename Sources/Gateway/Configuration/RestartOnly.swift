extension GatewayConfiguration {
    /// The four listeners: exchange, status, local, operations.
    public var listeners: [Listener] { [exchange, status, local, operations] }

    /// This configuration with everything that only a restart can change as the running gateway has it.
    /// - Returns: the keys, too, that differ and so wait for a restart.
    func keepingUntilRestart(_ running: GatewayConfiguration) -> (kept: GatewayConfiguration, waiting: [String]) {
        var kept = self
        var waiting: [String] = []
        func keep<Value: Equatable>(_ name: String, _ path: WritableKeyPath<GatewayConfiguration, Value>) {
            guard self[keyPath: path] != running[keyPath: path] else { return }
            kept[keyPath: path] = running[keyPath: path]
            waiting.append(name)
        }
        keep("province", \.province)
        keep("store.path", \.storePath)
        keep("audit.origin", \.origin)
        keep("keys.audit", \.keys.audit)
        keep("keys.record", \.keys.record)
        keep("keys.lookup", \.keys.lookup)
        keep("keys.log", \.keys.log)
        keep("keys.wrapping", \.keys.wrapping)
        for (name, path) in Self.listenerPaths {
            keep("listeners.\(name).address", path.appending(path: \.address))
            keep("listeners.\(name).port", path.appending(path: \.port))
        }
        keep("limits.connections", \.limits.connections)
        keep("limits.handshakeSeconds", \.limits.handshake)
        keep("limits.idleSeconds", \.limits.idle)
        keep("limits.requestSeconds", \.limits.request)
        keep("limits.databasePages", \.limits.databasePages)
        keep("retention.hour", \.keeping.hour)
        keep("retention.quarantineDays", \.keeping.quarantineDays)
        keep("retention.wrappingKeyDays", \.keeping.wrappingDays)
        keep("backup.keepDays", \.keeping.backupDays)
        keep("backup.folder", \.keeping.backupFolder)
        keep("log.level", \.logLevel)
        return (kept, waiting)
    }

    private static var listenerPaths: [(String, WritableKeyPath<GatewayConfiguration, Listener>)] {
        [("exchange", \.exchange), ("status", \.status), ("local", \.local), ("operations", \.operations)]
    }
}
