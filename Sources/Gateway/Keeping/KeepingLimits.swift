/// How long things are kept; the configuration's `retention` and `backup`.
public struct KeepingLimits: Sendable, Hashable {
    /// The hour in Asia/Shanghai from which a day's forgetting is done, 0 to 23.
    public var hour = 3
    /// How long a row stays in quarantine.
    public var quarantineDays = 90
    /// How long a wrapping key is in force.
    public var wrappingDays = 30
    /// How long backups are kept, and so the wrapping keys with which they open after they were replaced.
    public var backupDays = 35
    /// Where backups go; nil when none is named.
    public var backupFolder: String?

    public init() {}
}

extension KeepingLimits {
    init(_ retention: ConfigurationReader, _ backup: ConfigurationReader, _ paths: PathResolver) {
        hour = retention.integer("hour", default: 3, in: 0...23)
        quarantineDays = retention.integer("quarantineDays", default: 90, in: 1...1_095)
        wrappingDays = retention.integer("wrappingKeyDays", default: 30, in: 1...366)
        backupDays = backup.integer("keepDays", default: 35, in: 1...3_650)
        backupFolder = backup.string("folder").map { paths($0) }
    }
}
