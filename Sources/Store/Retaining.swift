import AuditLog
import Interchange

/// What a step of erasing came to.
public struct ErasureStep: Sendable, Hashable {
    /// Lines that were erased; none when a payload was only looked at.
    public var erased: Int
    /// Whether the payload is gone whole.
    public var isWhole: Bool
}

/// Forgetting in time. Each verb is one bounded transaction, so that intake goes on between two of them; a verb is called again
/// until it says that nothing is left.
public protocol Retaining: Sendable {
    /// Erases what one payload holds past its last day, with the entries that say so.
    /// - Parameter today: what is kept until a day before this is due.
    /// - Returns: nil when nothing is due.
    func eraseDue(on today: CivilDate, at now: Instant) async throws -> ErasureStep?
    /// Erases every line of a record that its originator withdrew, in its newest version and in former ones; a tombstone stays.
    func eraseRecord(_ record: RecordID, at now: Instant) async throws
    /// The line of the record's newest version; nil when none is held or it was erased. Looking at it is the caller's to enter.
    func keptLine(of record: RecordID) async throws -> [UInt8]?
    /// Erases the content of rows that have been in quarantine since before an instant; their lines of the account stay.
    /// - Returns: how many; fewer than ``StoreLimits/rowsPerStep`` when none is left.
    func expireQuarantined(since before: Instant, at now: Instant) async throws -> Int
    /// Forgets used nonces that are older than ``StoreLimits/nonceSeconds``.
    /// - Returns: how many; fewer than ``StoreLimits/rowsPerStep`` when none is left.
    func forgetNonces(at now: Instant) async throws -> Int
    /// Begins to forget the pseudonyms' salts of persons about whom nothing was done since before a day.
    func beginForgettingPersons(before day: CivilDate) async throws
    /// Goes on with it.
    /// - Returns: whether there is more to do.
    func continueForgettingPersons() async throws -> Bool

    /// Wraps data keys anew that another wrapping key than the current one wraps.
    /// - Parameter id: goes on after the data key of this number; 0 to begin.
    /// - Returns: where to go on; nil at the end.
    func rewrapDataKeys(after id: Int64) async throws -> Int64?
    /// How many data keys a wrapping key wraps.
    func dataKeys(wrappedBy id: Int64) async throws -> Int

    /// The last day whose forgetting was finished.
    func lastRetentionDay() async throws -> CivilDate?
    /// Remembers it, and writes over what was deleted: nothing of it is left in the log beside the database.
    func finishRetention(of day: CivilDate) async throws
}

extension StoreLimits {
    /// Rows that one step of retention takes at most.
    public static let rowsPerStep = 500
    /// Data keys that one step of a rotation wraps anew.
    public static let keysPerStep = 1_000
    /// How long a person's salt outlives the last act about them, in days: three years.
    public static let pseudonymDays = 1_096
}
